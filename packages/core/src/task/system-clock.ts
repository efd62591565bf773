import { type Clock, milliseconds } from '@sluice/connector-sdk';

/** The longest delay that setTimeout takes; it fires longer ones at once. */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(duration, signal) {
    return new Promise((resolve, reject) => {
      let left = milliseconds(duration);
      let timer: ReturnType<typeof setTimeout>;
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason ?? new DOMException('The sleep was aborted', 'AbortError'));
      };
      if (signal?.aborted) return abort();
      const arm = (): void => {
        const step = Math.min(left, LONGEST_DELAY);
        left -= step;
        timer = setTimeout(() => {
          if (left > 0) return arm();
          signal?.removeEventListener('abort', abort);
          resolve();
        }, step);
      };
      signal?.addEventListener('abort', abort, { once: true });
      arm();
    });
  },
};
