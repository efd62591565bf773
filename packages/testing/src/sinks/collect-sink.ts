import { defineSink, type Sink } from '@sluice/connector-sdk';

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
export function collectSink<T>(): Sink<T> & { readonly values: readonly T[] } {
  const values: T[] = [];
  const sink = defineSink<T>({
    name: 'collect',
    guarantee: 'at-least-once',
    open: async () => ({
      write(value) {
        values.push(value);
        return undefined;
      },
      flush: async () => {},
      close: async () => {},
    }),
  });
  return Object.assign(sink, { values });
}
