import type { BatchResult, BatchWriterOptions } from './batch-options.js';
import { batchWriter } from './batch-writer.js';
import type { Clock } from './context.js';
import { type Duration, milliseconds } from './duration.js';
import type { SinkContext } from './sink.js';

/** Time that moves only by `advance`, which lets everything that is due happen, in order. */
export class VirtualClock implements Clock {
  private time = 0;
  private readonly timers = new Set<{ readonly at: number; readonly ring: () => void }>();

  now(): number {
    return this.time;
  }

  get sleeping(): number {
    return this.timers.size;
  }

  sleep(duration: Duration, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        this.timers.delete(timer);
        reject(signal?.reason);
      };
      const ring = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const timer = { at: this.time + milliseconds(duration), ring };
      this.timers.add(timer);
      signal?.addEventListener('abort', aborted);
    });
  }

  async advance(ms: number): Promise<void> {
    const until = this.time + ms;
    for (;;) {
      await settled();
      const [next] = [...this.timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.timers.delete(next);
      this.time = next.at;
      next.ring();
    }
    this.time = until;
  }
}

/** Lets every promise that can settle without time do so. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** `'pending'`, `'resolved'`, or the code of the error. */
export async function stateOf(promise: Promise<unknown> | undefined): Promise<string> {
  if (promise === undefined) return 'none';
  let state = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    (error: { code?: string }) => {
      state = error.code ?? String(error);
    },
  );
  await settled();
  return state;
}

/** A writer whose batches are answered by the test, and what can be seen of it from outside. */
export function harness<T = number>(options: Partial<BatchWriterOptions<T>> = {}) {
  const clock = new VirtualClock();
  const run = new AbortController();
  const rejected: [T, unknown][] = [];
  const calls: {
    items: T[];
    at: number;
    signal: AbortSignal;
    answer: (result?: BatchResult<T>) => void;
    fail: (error: unknown) => void;
  }[] = [];
  const nothing = () => {};
  const listeners = { count: 0 };
  const signal = run.signal;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
    listeners.count++;
    addEventListener.apply(signal, args);
  }) as typeof addEventListener;
  signal.removeEventListener = ((...args: Parameters<typeof removeEventListener>) => {
    listeners.count--;
    removeEventListener.apply(signal, args);
  }) as typeof removeEventListener;
  const context: SinkContext<T> = {
    job: 'job',
    uid: 'acme',
    subtask: 0,
    parallelism: 1,
    epoch: 1,
    incarnation: 'i',
    durable: true,
    report: () => {},
    restoredState: [],
    signal,
    clock,
    logger: { debug: nothing, info: nothing, warn: nothing, error: nothing },
    metrics: { counter: () => ({ add: nothing }), gauge: nothing, histogram: () => ({ record: nothing }) },
    reject: (value, cause) => rejected.push([value, cause]),
    requestCheckpoint: nothing,
  };
  const writer = batchWriter<T>(context, {
    write: (items, signal) =>
      new Promise((answer, fail) => calls.push({ items: [...items], at: clock.now(), signal, answer, fail })),
    ...options,
  });
  const write = (...values: T[]) => values.map((value) => writer.write(value, 0));
  const batches = () => calls.map(({ items }) => items);
  return { clock, run, rejected, calls, batches, listeners, writer, write };
}
