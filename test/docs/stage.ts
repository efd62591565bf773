/** What the examples of docstrings speak of: streams, a sink, a job to be described. */
import type { ConformanceItem } from '@sluice/conformance';
import type { Source, TransactionalSink } from '@sluice/connector-sdk';
import {
  arraySource,
  callbackSink,
  type DataStream,
  type Flow,
  fromSource,
  keyBy,
  monotonousTimestamps,
  type Sink,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '@sluice/core';

export interface Click {
  readonly user: string;
  readonly at: number;
  readonly ms: number;
  readonly country: string;
  readonly mobile: boolean;
}
export interface Call {
  readonly ms: number;
}
export interface Bid {
  readonly auction: number;
  readonly bidder: number;
  readonly price: number;
  readonly day: number;
  readonly at: number;
}
export interface Order {
  readonly id: string;
  readonly customer: string;
  readonly total: number;
  readonly at: number;
  readonly items: readonly string[];
}
export interface Login {
  readonly user: string;
  readonly ok: boolean;
  readonly at: number;
}
export interface Reading {
  readonly sensor: string;
  readonly value: number;
  readonly alarm: boolean;
  readonly endOfRound: boolean;
  readonly at: number;
}
export interface Position {
  readonly car: string;
  readonly metres: number;
  readonly at: number;
}

function timed<T extends { readonly at: number }>(items: readonly T[]): DataStream<T> {
  return fromSource(arraySource(items)).pipe(
    withTimestamps((item) => item.at, monotonousTimestamps()),
  ) as DataStream<T>;
}

export const clicks: readonly Click[] = [
  { user: 'ann', at: 1_000, ms: 120, country: 'de', mobile: false },
  { user: 'bob', at: 2_000, ms: 80, country: 'fr', mobile: true },
  { user: 'ann', at: 70_000, ms: 640, country: 'de', mobile: true },
];
export const bids: readonly Bid[] = [
  { auction: 1, bidder: 7, price: 900, day: 1, at: 1_000 },
  { auction: 1, bidder: 8, price: 1_200, day: 1, at: 2_000 },
];
export const orders: readonly Order[] = [
  { id: 'o1', customer: 'ann', total: 20, at: 1_000, items: ['tea'] },
  { id: 'o2', customer: 'bob', total: 35, at: 2_000, items: ['cup', 'pot'] },
];
export const clicks$ = timed(clicks);
export const ticks$ = timed(clicks);
export const bids$ = timed(bids);
export const orders$ = timed(orders);
export const logins$ = timed<Login>([{ user: 'ann', ok: false, at: 1_000 }]);
export const readings$ = timed<Reading>([{ sensor: 'a', value: 20, alarm: false, endOfRound: true, at: 1_000 }]);
export const positions$ = timed<Position>([{ car: 'a', metres: 120, at: 1_000 }]);
export const payments$ = timed([{ order: 'o1', paid: 20, at: 1_500 }]);
export const deposits$ = timed([{ account: 'x', amount: 10, at: 1_000 }]);
export const rules$ = timed([{ auction: 1, least: 1_000, at: 500 }]);
export const rates$ = fromSource(arraySource([0.9, 1.1]));
export const web$ = clicks$;
export const mobile$ = clicks$;
export const skewed$ = orders$;
export const keyed$ = clicks$.pipe(keyBy((click) => click.user));
export const keyedBids$ = bids$.pipe(keyBy((bid) => bid.auction));
export const keyedOrders$ = orders$.pipe(keyBy((order) => order.customer));
export const keyedReadings$ = readings$.pipe(keyBy((reading) => reading.sensor));
export const keyedPositions$ = positions$.pipe(keyBy((position) => position.car));
export const clickWindows$ = keyed$.pipe(windowBy(tumbling('1m')));
export const bidWindows$ = keyedBids$.pipe(windowBy(tumbling('1m')));
export const totals$ = fromSource(arraySource([{ user: 'ann', total: 760 }]));
export const counts$ = totals$;
export const web = arraySource(clicks);
export const mobile = arraySource(clicks);
export const store = new Map<string, unknown>();
export const sink: Sink<unknown> = callbackSink(() => {});
export const flow: Flow = clicks$.pipe(to(sink));
export const connectionString = 'postgres://localhost/example';
export const enrich = async (order: Order, _context: unknown): Promise<Order> => order;

/** A system of the reader's own, which is not there. */
const absent = (): never => {
  throw new Error('Acme is only spoken of.');
};
export const acme: {
  rows(place: string): Promise<readonly ConformanceItem[]>;
  send(place: string, items: readonly ConformanceItem[]): Promise<void>;
} = { rows: absent, send: absent };
export const acmeSink: (options: { readonly table: string }) => TransactionalSink<ConformanceItem> = absent;
export const acmeSource: (options: { readonly topic: string }) => Source<ConformanceItem> = absent;
