import {
  asOfJoin,
  boundedOutOfOrderness,
  createJob,
  fileCheckpoints,
  fromSource,
  type Job,
  keyBy,
  lookupJoin,
  type Sink,
  type Source,
  to,
  withTimestamps,
} from '@sluice/core';

export interface Trade {
  readonly id: number;
  readonly customer: number;
  readonly currency: string;
  readonly amount: number;
  readonly at: number;
}

export interface Rate {
  readonly currency: string;
  /** Euros for one of it, from now on. */
  readonly euros: number;
  readonly at: number;
}

export interface Customer {
  readonly name: string;
  readonly country: string;
}

export interface EnrichedTrade {
  readonly id: number;
  readonly name: string;
  readonly country: string;
  /** Undefined when no rate was known at the time of the trade. */
  readonly euros: number | undefined;
}

export type LookUp = (customer: number, context: { readonly signal: AbortSignal }) => Promise<Customer>;

const DISORDER = '2s';

/**
 * Each trade with the rate that held at its own time, whichever of the two came first, and then with its customer, who is asked for
 * once and remembered for a while.
 */
export function enriched(trades: Source<Trade>, rates: Source<Rate>, lookUp: LookUp) {
  const rates$ = fromSource(rates).pipe(
    withTimestamps((rate) => rate.at, boundedOutOfOrderness(DISORDER)),
    keyBy((rate) => rate.currency),
  );
  return fromSource(trades).pipe(
    withTimestamps((trade) => trade.at, boundedOutOfOrderness(DISORDER)),
    keyBy((trade) => trade.currency),
    asOfJoin(rates$, { ttl: '1d' }, (trade, rate) => ({ ...trade, euros: rate && trade.amount * rate.euros })),
    keyBy((trade) => trade.customer),
    lookupJoin(
      lookUp,
      {
        concurrency: 16,
        timeout: '1s',
        retry: { attempts: 5, delay: '20ms' },
        cache: { ttl: '10m', maxEntries: 10_000 },
      },
      ({ id, euros }, { name, country }): EnrichedTrade => ({ id, name, country, euros }),
    ),
  );
}

export interface EnrichmentOptions {
  readonly name: string;
  readonly trades: Source<Trade>;
  readonly rates: Source<Rate>;
  readonly lookUp: LookUp;
  readonly enriched: Sink<EnrichedTrade>;
  readonly checkpoints: string;
}

export function enrichmentJob({ name, trades, rates, lookUp, enriched: sink, checkpoints }: EnrichmentOptions): Job {
  return createJob(name, enriched(trades, rates, lookUp).pipe(to(sink)), {
    guarantee: 'exactly-once',
    checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) },
  });
}
