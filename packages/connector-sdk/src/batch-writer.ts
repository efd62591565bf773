import { type BatchSettings, type BatchWriterOptions, batchSettings } from './batch-options.js';
import { type BatchTarget, writeBatch } from './batch-retry.js';
import { Deferred } from './deferred.js';
import { SluiceError } from './error.js';
import type { SinkContext, SinkWriter } from './sink.js';

/**
 * A writer that collects elements into batches: bounds by count and bytes, linger, retries of what failed, rejects.
 *
 * `write` answers a promise while a finished batch has to wait for one that is being written. `flush` resolves when everything written
 * before it is durable, retries included. The first failure sticks: every later `write` and `flush` rejects with it. `close` gives up
 * what has not been written, aborts the signal and may be called again. Time is the context's clock alone.
 *
 * @throws SLUICE_BATCH_OPTIONS at once for options that make no sense.
 * @throws SLUICE_BATCH_WRITE by `write` and `flush` when a batch failed or its attempts were used up; SLUICE_BATCH_CLOSED after `close`.
 *
 * @example
 * const table: number[] = [];
 * const numbers = defineSink<number>({
 *   name: 'numbers',
 *   guarantee: 'at-least-once',
 *   open: async (context) =>
 *     batchWriter(context, {
 *       maxCount: 1000,
 *       async write(batch) {
 *         const even = batch.filter((n) => n % 2 === 0);
 *         table.push(...even);
 *         return { rejected: batch.filter((n) => n % 2 === 1).map((value) => ({ value, cause: new Error('odd') })) };
 *       },
 *     }),
 * });
 */
export function batchWriter<T>(context: SinkContext<T>, options: BatchWriterOptions<T>): SinkWriter<T> {
  return new Batches(context, options);
}

interface Batch<T> {
  readonly items: readonly T[];
  readonly durable: Deferred;
}

class Batches<T> implements SinkWriter<T> {
  private readonly component: string;
  private readonly settings: BatchSettings;
  private readonly stopping = new AbortController();
  private readonly target: BatchTarget<T>;
  private current: T[] = [];
  private currentBytes = 0;
  /** When the batch that is being collected has to be written, by the clock. */
  private due = 0;
  private lingering = false;
  /** The batch that is being collected is due and waits only for its turn. */
  private overdue = false;
  private queue: Batch<T>[] = [];
  private readonly running = new Set<Promise<void>>();
  /** Everything that is queued or running. */
  private readonly outstanding = new Set<Batch<T>>();
  private room: Deferred | undefined;
  /** Rejected with what `write` and `flush` fail with from now on. */
  private failed: Deferred | undefined;
  private closed: Promise<void> | undefined;
  private watching = false;

  constructor(
    private readonly context: SinkContext<T>,
    private readonly options: BatchWriterOptions<T>,
  ) {
    this.component = `batchWriter of ${context.uid}`;
    this.settings = batchSettings(this.component, options);
    this.target = {
      component: this.component,
      settings: this.settings,
      clock: context.clock,
      signal: this.stopping.signal,
      write: (items, signal) => options.write(items, signal),
      reject: (value, cause) => context.reject(value, cause),
    };
  }

  write(value: T): Promise<void> | undefined {
    if (this.failed !== undefined) return this.failed.promise;
    const { maxCount, maxBytes } = this.settings;
    const bytes = this.options.sizeOf === undefined ? 0 : this.options.sizeOf(value);
    if (this.current.length > 0 && this.currentBytes + bytes > maxBytes) this.seal();
    this.current.push(value);
    this.currentBytes += bytes;
    if (this.current.length === 1) this.began();
    if (this.current.length >= maxCount || this.currentBytes >= maxBytes) this.seal();
    if (this.queue.length === 0) return undefined;
    this.room ??= new Deferred();
    return this.room.promise;
  }

  async flush(): Promise<void> {
    if (this.failed !== undefined) return this.failed.promise;
    if (this.current.length > 0) this.seal();
    await Promise.all(Array.from(this.outstanding, (batch) => batch.durable.promise));
  }

  close(): Promise<void> {
    this.closed ??= this.end();
    return this.closed;
  }

  private async end(): Promise<void> {
    this.stop(this.closedError(undefined));
    await Promise.all(this.running);
    await this.options.close?.();
  }

  private began(): void {
    this.watch();
    if (this.settings.linger === Infinity) return;
    this.due = this.context.clock.now() + this.settings.linger;
    if (!this.lingering) void this.linger();
  }

  private async linger(): Promise<void> {
    const { clock } = this.context;
    this.lingering = true;
    try {
      while (this.current.length > 0 && !this.overdue) {
        const left = this.due - clock.now();
        if (left > 0) await clock.sleep(left, this.stopping.signal);
        else this.overdue = true;
      }
      this.pump();
    } catch (cause) {
      this.fail(cause);
    } finally {
      this.lingering = false;
    }
  }

  private seal(): void {
    const batch = { items: this.current, durable: new Deferred() };
    this.current = [];
    this.currentBytes = 0;
    this.overdue = false;
    this.outstanding.add(batch);
    this.queue.push(batch);
    this.pump();
  }

  private pump(): void {
    while (this.failed === undefined && this.running.size < this.settings.maxInFlight) {
      const batch = this.queue.shift();
      if (batch !== undefined) this.start(batch);
      else if (this.overdue && this.current.length > 0) this.seal();
      else break;
    }
    if (this.queue.length > 0) return;
    this.room?.resolve();
    this.room = undefined;
  }

  private start(batch: Batch<T>): void {
    const run = writeBatch(batch.items, this.target)
      .then(
        () => {
          this.outstanding.delete(batch);
          batch.durable.resolve();
        },
        (cause) => this.fail(cause),
      )
      .then(() => {
        this.running.delete(run);
        this.pump();
        this.unwatchIfIdle();
      });
    this.running.add(run);
  }

  private fail(cause: unknown): void {
    if (this.failed !== undefined) return;
    this.stop(
      new SluiceError({
        code: 'SLUICE_BATCH_WRITE',
        component: this.component,
        expected: 'every batch to be written',
        actual: SluiceError.isInstance(cause) ? `${cause.code}: ${cause.actual}` : 'a failed one',
        remedy: 'see the cause; elements that may succeed later belong in `retry`, those that never will in `rejected`',
        transient: SluiceError.isInstance(cause) && cause.transient,
        cause,
      }),
    );
  }

  /** Ends everything that waits, with `error`; what is being written is told by the signal. */
  private stop(error: SluiceError): void {
    if (this.failed !== undefined) return;
    this.failed = new Deferred();
    this.failed.reject(error);
    this.room?.reject(error);
    for (const batch of this.outstanding) batch.durable.reject(error);
    this.outstanding.clear();
    this.queue = [];
    this.current = [];
    this.stopping.abort(error);
    this.unwatchIfIdle();
  }

  /** Listens to the run's signal only while there is something to do: a writer that is flushed and dropped leaves nothing behind. */
  private watch(): void {
    if (this.watching) return;
    this.watching = true;
    if (this.context.signal.aborted) this.onAbort();
    else this.context.signal.addEventListener('abort', this.onAbort);
  }

  private unwatchIfIdle(): void {
    if (!this.watching || this.current.length > 0 || this.outstanding.size > 0 || this.running.size > 0) return;
    this.watching = false;
    this.context.signal.removeEventListener('abort', this.onAbort);
  }

  private readonly onAbort = () => this.stop(this.closedError(this.context.signal.reason));

  private closedError(cause: unknown): SluiceError {
    return new SluiceError({
      code: 'SLUICE_BATCH_CLOSED',
      component: this.component,
      expected: 'an open writer',
      actual: cause === undefined ? 'a closed one' : 'the end of the run',
      remedy: 'flush before closing, and write no more after it',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
