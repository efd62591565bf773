import type { Sink } from '@sluice/connector-sdk';

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
      return {
        write(value, timestamp) {
          const written = write(value, timestamp);
          if (!(written instanceof Promise)) return undefined;
          pending.add(written);
          const settled = written.finally(() => pending.delete(written));
          settled.catch(() => {});
          return settled;
        },
        async flush() {
          await Promise.all(pending);
        },
        async close() {},
      };
    },
  };
}
