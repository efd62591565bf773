import type { Sink } from '@sluice/connector-sdk';
import { requireTarget } from './require-target.js';

/** As much of an Observer as is given something. */
export interface ElementObserver<T> {
  next(value: T): void;
  complete?(): void;
}

/**
 * Back into the app as notifications: each element is given to `next` of an Observer, such as a Subject. At-least-once.
 *
 * `complete` is called when the input has ended and everything has been given; not when the job is stopped. That is before the job's last checkpoint
 * is certain: should it fail, the elements behind the one before are given again by the restart, to an observer that has completed. `error` never is
 * called: a job that fails may be restarted, and tells its own subscriber when it gives up.
 *
 * @throws SLUICE_SINK for what has no `next`
 *
 * @example
 * const results: unknown[] = [];
 * clicks$.pipe(to(observerSink({ next: (click) => void results.push(click), complete: () => results.push('all') })));
 */
export function observerSink<T>(observer: ElementObserver<T>): Sink<T> {
  requireTarget('observerSink', typeof observer?.next === 'function', 'an Observer, with `next`', observer);
  return {
    specVersion: 1,
    name: 'observer',
    guarantee: 'at-least-once',
    async open() {
      let ended = false;
      return {
        write(value) {
          observer.next(value);
          return undefined;
        },
        async flush(endOfInput = false) {
          ended = endOfInput;
        },
        async close() {
          if (ended) observer.complete?.();
        },
      };
    },
  };
}
