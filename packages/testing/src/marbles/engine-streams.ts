import type { Clock } from '@sluice/connector-sdk';
import { type DataStream, fromObservable } from '@sluice/core';
import { type Observable, of } from 'rxjs';

/** The state of an operator at a barrier. */
interface CapturedState {
  encode(write: (chunk: Uint8Array) => void, stop: () => boolean): boolean;
}

export interface Barrier {
  readonly checkpoint: number;
  capture(state: CapturedState): void;
  prepare(): void;
}

/** All notifications of a stream. */
export interface StreamObserver {
  next(value: unknown, timestamp: number): void;
  watermark(timestamp: number): void;
  barrier(barrier: Barrier): void;
  status(idle: boolean): void;
  error(error: unknown): void;
  complete(): void;
}

/** An operator in the graph of a stream. */
export interface GraphNode {
  readonly inputs: readonly GraphNode[];
  readonly role: { readonly type: string; readonly target?: object };
  readonly sideOutputs: readonly object[];
  readonly emitsToAny: boolean;
}

/** What the engine lets this package do with streams; no part of its API. */
const NODE = Symbol.for('@sluice/core/node');
const STREAM_OF = Symbol.for('@sluice/core/stream-of');

type StreamOf = (description: object) => DataStream<never>;

function streamOf(description: object): DataStream<never> {
  const anyStream = fromObservable(of(0)) as unknown as { readonly constructor: { readonly [STREAM_OF]: StreamOf } };
  return anyStream.constructor[STREAM_OF](description);
}

/** A stream that is fed from outside, under a clock of its own. */
export function fedStream<T>(clock: Clock, connect: (input: StreamObserver) => void): DataStream<T> {
  return streamOf({
    kind: 'marbles',
    inputs: [],
    assignsTimestamps: true,
    role: { type: 'feed', clock, connect },
  });
}

/** The last operator of a stream; `undefined` for a plain Observable. */
export function nodeIn(stream: Observable<unknown>): GraphNode | undefined {
  return (stream as { [NODE]?: GraphNode })[NODE];
}

/** What is written down of a stream. */
export interface Watcher {
  next(value: unknown): void;
  control(kind: 'watermark' | 'barrier' | 'idle'): void;
  complete(): void;
}

/** One run of several streams, all of what each of them gives being watched. Subscribed, it gives nothing but an error. */
export function watchedTogether(
  streams: readonly { readonly node: GraphNode; readonly watcher: Watcher }[],
): Observable<never> {
  const create = (): StreamObserver[] =>
    streams.map(({ watcher }) => ({
      next: (value) => watcher.next(value),
      watermark(timestamp) {
        if (timestamp < Number.POSITIVE_INFINITY) watcher.control('watermark');
        else watcher.complete();
      },
      barrier: () => watcher.control('barrier'),
      status(idle) {
        if (idle) watcher.control('idle');
      },
      error(error) {
        throw error;
      },
      complete() {},
    }));
  return streamOf({
    kind: 'expectations',
    inputs: streams.map(({ node }) => node),
    role: { type: 'multiInput', create },
  });
}
