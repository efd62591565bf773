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

/** The same stream, its watermarks, barriers and idleness watched. */
export function watchedStream<T>(
  stream: Observable<T>,
  watch: (kind: 'watermark' | 'barrier' | 'idle') => void,
): Observable<T> {
  const node = (stream as { [NODE]?: object })[NODE];
  if (node === undefined) return stream;
  const create = (_context: unknown, out: StreamObserver): StreamObserver => ({
    next: out.next,
    watermark(timestamp) {
      if (timestamp < Number.POSITIVE_INFINITY) watch('watermark');
      out.watermark(timestamp);
    },
    barrier(barrier) {
      watch('barrier');
      out.barrier(barrier);
    },
    status(idle) {
      if (idle) watch('idle');
      out.status(idle);
    },
    error: (error) => out.error(error),
    complete: () => out.complete(),
  });
  return streamOf({ kind: 'watch', inputs: [node], role: { type: 'operator', create } });
}
