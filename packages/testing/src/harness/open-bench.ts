import type { Clock, Logger, Metrics } from '@sluice/connector-sdk';
import { type DataStream, fromObservable } from '@sluice/core';
import { type Observable, of } from 'rxjs';
import type { StreamObserver } from '../marbles/engine-streams.js';

/** The keyed state of one operator, to be looked at. */
export interface BenchStore {
  readonly uid: string;
  /** How each state is kept, by its name. */
  readonly shapes: ReadonlyMap<string, string>;
  contents(): Iterable<readonly [key: unknown, entries: ReadonlyMap<string, unknown>]>;
}

/** The engine, driven by hand: everything that comes of a call has happened when it returns. */
export interface Bench {
  readonly stores: readonly BenchStore[];
  readonly nextAlarm: number;
  readonly waiting: number;
  input(node: object): StreamObserver | undefined;
  feed(action: () => void): void;
  pass(action: () => void): void;
  requireHealth(): void;
  close(): void;
}

export interface BenchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly maxParallelism: number;
  restored(uid: string): Uint8Array | undefined;
  readonly end: StreamObserver;
  sideOutput(target: object, value: unknown, timestamp: number): void;
}

/** What the engine lets this package do with streams; no part of its API. */
const OPEN_BENCH = Symbol.for('@sluice/core/open-bench');
const NODE = Symbol.for('@sluice/core/node');

type OpenBench = (stream: Observable<unknown>, options: BenchOptions) => Bench;

export function openBench(stream: Observable<unknown>, options: BenchOptions): Bench {
  const anyStream = fromObservable(of(0)) as unknown as { readonly constructor: { readonly [OPEN_BENCH]: OpenBench } };
  return anyStream.constructor[OPEN_BENCH](stream, options);
}

export function nodeOf(stream: DataStream<never>): object {
  return (stream as unknown as { readonly [NODE]: object })[NODE];
}
