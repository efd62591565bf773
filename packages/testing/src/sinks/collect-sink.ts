import { type AtLeastOnceSink, defineSink } from '@sluice/connector-sdk';

/** An element as it reached a sink. */
export interface Arrival<T> {
  readonly value: T;
  /** Event time; NaN when it has none. */
  readonly timestamp: number;
  /** Epoch milliseconds of the job's clock. */
  readonly at: number;
  /** Of the run that wrote it. */
  readonly epoch: number;
}

export interface CollectSink<T> extends AtLeastOnceSink<T> {
  readonly values: readonly T[];
  /** What came when, and from which run. */
  readonly arrivals: readonly Arrival<T>[];
}

/**
 * Keeps every element that reaches it, in order. At-least-once, as it cannot take anything back: after a crash the elements since the
 * last checkpoint come again. Its values outlive the runs of a job.
 *
 * @example
 * const sink = collectSink<number>();
 * const job = createJob('numbers', fromSource(arraySource([1, 2])).pipe(to(sink)));
 * await drive(job).finish();
 * console.log(sink.values); // [1, 2]
 */
export function collectSink<T>(): CollectSink<T> {
  const values: T[] = [];
  const arrivals: Arrival<T>[] = [];
  const sink = defineSink<T>({
    name: 'collect',
    guarantee: 'at-least-once',
    open: async ({ clock, epoch }) => ({
      write(value, timestamp) {
        values.push(value);
        arrivals.push({ value, timestamp, at: clock.now(), epoch });
        return undefined;
      },
      flush: async () => {},
      close: async () => {},
    }),
  });
  return Object.assign(sink, { values, arrivals });
}
