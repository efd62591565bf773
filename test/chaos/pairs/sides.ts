import type { Sink, Source } from '@sluice/connector-sdk';
import type { Keyed } from '@sluice/core';
import type { ServiceName } from '@sluice/services';
import type { Written } from '../judge/compare.js';
import type { InputSpec, Payment } from '../workload/payments.js';
import type { RunningRow } from '../workload/tables.js';

/** What one run has of each system: both the job and the judge find it by this. */
export interface Place {
  /** Its own; whatever a system keeps for the run has a name that begins with it. */
  readonly name: string;
  /** Of the run's own files. */
  readonly folder: string;
  readonly endpoints: Partial<Record<ServiceName, string>>;
}

export interface Reading {
  /** Ends where the input ends; otherwise it never does. */
  readonly bounded: boolean;
}

/** A system that is read, seen from the job and from outside. */
export interface SourceSide {
  readonly needs: readonly ServiceName[];
  /** Makes what holds the input, with no record in it. */
  prepare(place: Place, splits: number): Promise<void>;
  /** Writes the whole input, each split in order. */
  fill(place: Place, input: InputSpec): Promise<void>;
  create(place: Place, reading: Reading): Source<Payment>;
  remove(place: Place): Promise<void>;
}

/** What the job between them writes: the running number and the running total of an account. */
export type Running = Keyed<string, RunningRow>;

/** A system that is written. */
export interface SinkSide {
  readonly needs: readonly ServiceName[];
  /** `latest`: of each account only the last row is to be found. */
  judged(variant: string): 'exactly' | 'latest';
  prepare(place: Place, variant: string): Promise<void>;
  create(place: Place, variant: string): Sink<Running>;
  /** Everything that anybody else would read. */
  readBack(place: Place): Promise<Written['running']>;
  /** Left-overs that nobody will ever finish. */
  left?(place: Place): Promise<readonly string[]>;
  remove(place: Place): Promise<void>;
}

const sources = {
  kafka: async () => (await import('./kafka-source.js')).kafkaSourceSide,
  file: async () => (await import('./file-source.js')).fileSourceSide,
  redis: async () => (await import('./redis-source.js')).redisSourceSide,
  postgres: async () => (await import('./postgres-source.js')).postgresSourceSide,
} as const;

const sinks = {
  kafka: async () => (await import('./kafka-sink.js')).kafkaSinkSide,
  file: async () => (await import('./file-sink.js')).fileSinkSide,
  redis: async () => (await import('./redis-sink.js')).redisSinkSide,
  postgres: async () => (await import('./postgres-sink.js')).postgresSinkSide,
  elasticsearch: async () => (await import('./elasticsearch-sink.js')).elasticsearchSinkSide,
} as const;

/** `source-to-sink`, with the sink's mode where it has several. */
export type Pair =
  | `${keyof typeof sources}-to-${keyof typeof sinks}`
  | `${keyof typeof sources}-to-postgres:${'ledger' | 'upsert' | 'two-phase' | 'one-transaction'}`;

export interface PairSides {
  readonly source: SourceSide;
  readonly sink: SinkSide;
  readonly variant: string;
}

/** Only what the pair needs is loaded: a process of the job is to start fast. */
export async function sidesOf(pair: Pair): Promise<PairSides> {
  const [from = '', into = ''] = pair.split('-to-');
  const [system = '', variant = 'ledger'] = into.split(':');
  const source = sources[from as keyof typeof sources];
  const sink = sinks[system as keyof typeof sinks];
  return { source: await source(), sink: await sink(), variant };
}

/** The endpoint of a service that the pair needs. */
export function endpointOf({ endpoints }: Place, service: ServiceName): string {
  const endpoint = endpoints[service];
  if (endpoint === undefined) throw new Error(`no endpoint of ${service} was given`);
  return endpoint;
}
