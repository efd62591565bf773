import type { BatchResult, BatchSettings } from './batch-options.js';
import type { Clock } from './context.js';
import { milliseconds } from './duration.js';
import { SluiceError } from './error.js';

/** What batches are written with. */
export interface BatchTarget<T> {
  readonly component: string;
  readonly settings: BatchSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  write(items: readonly T[], signal: AbortSignal): Promise<BatchResult<T>>;
  reject(value: T, cause: unknown): void;
}

/** Writes one batch, and again what of it is to be retried, until all of it is durable or rejected. Rejects when that cannot be. */
export async function writeBatch<T>(batch: readonly T[], target: BatchTarget<T>): Promise<void> {
  const { settings, clock, signal } = target;
  let items = batch;
  let pause = settings.initialPause;
  for (let attempt = 1; ; attempt++) {
    const result = await target.write(items, signal);
    // The run is over: nobody takes rejects any more, and a retry could write behind a newer run.
    if (signal.aborted) throw signal.reason;
    for (const { value, cause } of result?.rejected ?? []) target.reject(value, cause);
    const { retry = [], retryAfter } = result ?? {};
    if (retry.length === 0) return;
    if (attempt >= settings.attempts) throw exhausted(target.component, attempt, retry.length);
    await clock.sleep(Math.max(0, retryAfter === undefined ? pause : milliseconds(retryAfter)), signal);
    if (signal.aborted) throw signal.reason;
    pause = Math.min(pause * 2, settings.maxPause);
    items = retry;
  }
}

function exhausted(component: string, attempts: number, left: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_BATCH_ATTEMPTS',
    component,
    expected: `every element to be written within ${attempts} attempts`,
    actual: `${left} still to be retried`,
    remedy: 'raise `retry.attempts` or `retry.max`, or find out why the system refuses them',
  });
}
