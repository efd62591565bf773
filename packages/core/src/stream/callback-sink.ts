import type { Sink } from '@sluice/connector-sdk';
import { specialise } from './specialise.js';

/**
 * Back into the app: each element is given to a function (a Subject, a store, a websocket). At-least-once. What the function promises
 * is awaited: the job goes on when it has resolved, and a checkpoint waits for it.
 *
 * @example
 * totals$.pipe(to(callbackSink((total) => void store.set(total.user, total))));
 */
export function callbackSink<T>(write: (value: T, timestamp: number) => void | Promise<void>): Sink<T> {
  return {
    specVersion: 1,
    name: 'callback',
    guarantee: 'at-least-once',
    async open() {
      const pending = new Set<Promise<void>>();
      const settled = (written: Promise<void>): Promise<void> => {
        pending.add(written);
        const done = written.finally(() => pending.delete(written));
        done.catch(() => {});
        return done;
      };
      return {
        write: specialise(createWrite<T>)(write, Promise, settled),
        async flush() {
          await Promise.all(pending);
        },
        async close() {},
      };
    },
  };
}

/** Closed. */
function createWrite<T>(
  write: (value: T, timestamp: number) => void | Promise<void>,
  PromiseClass: typeof Promise,
  settled: (written: Promise<void>) => Promise<void>,
): (value: T, timestamp: number) => Promise<void> | undefined {
  return (value, timestamp) => {
    const written = write(value, timestamp);
    return written instanceof PromiseClass ? settled(written) : undefined;
  };
}
