import type { Sink } from '@sluice/connector-sdk';
import { requireTarget } from './require-target.js';
import { specialise } from './specialise.js';

/**
 * Back into the app: each element is given to a function (a Subject, a store, a websocket). At-least-once. What the function promises
 * is awaited: the job goes on when it has resolved, and a checkpoint waits for it.
 *
 * @throws SLUICE_SINK for what is no function
 *
 * @example
 * totals$.pipe(to(callbackSink((total) => void store.set(total.user, total))));
 */
export function callbackSink<T>(write: (value: T, timestamp: number) => void | Promise<void>): Sink<T> {
  requireTarget('callbackSink', typeof write === 'function', 'a function of the element', write);
  return {
    specVersion: 1,
    name: 'callback',
    guarantee: 'at-least-once',
    async open() {
      const pending = new Set<Promise<void>>();
      // Of a library's own kind of promise some do nothing before somebody waits for them.
      const settled = (promised: PromiseLike<void>): Promise<void> => {
        const written = Promise.resolve(promised);
        pending.add(written);
        const done = written.finally(() => pending.delete(written));
        done.catch(() => {});
        return done;
      };
      return {
        write: specialise(createWrite<T>)(write, settled),
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
  write: (value: T, timestamp: number) => void | PromiseLike<void>,
  settled: (written: PromiseLike<void>) => Promise<void>,
): (value: T, timestamp: number) => Promise<void> | undefined {
  return (value, timestamp) => {
    const written = write(value, timestamp);
    if (written === undefined || written === null) return undefined;
    return typeof written.then === 'function' ? settled(written) : undefined;
  };
}
