import { type Clock, SluiceError } from '@sluice/connector-sdk';
import type { Alarm } from '../stream/operator.js';
import type { AsyncEntry } from './async-queue.js';
import { tellAwaited } from './awaited.js';

/** What a call of the projection is told. */
export interface AsyncContext {
  /** Aborted when the attempt has timed out or the run ends. */
  readonly signal: AbortSignal;
  /** From 1. */
  readonly attempt: number;
}

export interface AttemptOptions {
  /** Milliseconds. */
  readonly timeout: number | undefined;
  readonly attempts: number;
  readonly delay: number;
  readonly maxDelay: number;
}

/** One call of the projection. The signal is made when it is asked for: most projections never do. */
class Attempt implements AsyncContext {
  over = false;
  private controller: AbortController | undefined;

  constructor(
    readonly entry: AsyncEntry,
    readonly attempt: number,
    readonly deadline: number,
  ) {}

  get signal(): AbortSignal {
    this.controller ??= new AbortController();
    if (this.over) this.controller.abort();
    return this.controller.signal;
  }

  end(reason?: unknown): void {
    this.over = true;
    if (reason !== undefined) this.controller?.abort(reason);
  }
}

/** Calls the projection for elements, again after failures, and gives attempts up that take too long. */
export class Attempts implements Alarm {
  /** In order of their deadlines, as all have the same timeout; those that are over go when they reach the front. */
  private timed: Attempt[] = [];
  private timedHead = 0;
  private readonly waiting = new Set<{ readonly at: number; readonly entry: AsyncEntry; readonly attempt: number }>();
  private readonly running = new Set<Attempt>();
  private closed = false;

  constructor(
    private readonly project: (value: unknown, context: AsyncContext) => Promise<unknown>,
    private readonly options: AttemptOptions,
    private readonly clock: Clock,
    private readonly name: string,
    private readonly settled: (entry: AsyncEntry) => void,
    /** `at()` is earlier than it was. */
    private readonly scheduled: () => void,
  ) {}

  start(entry: AsyncEntry, number = 1): void {
    const { timeout } = this.options;
    const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : this.clock.now() + timeout;
    const attempt = new Attempt(entry, number, deadline);
    this.running.add(attempt);
    if (timeout !== undefined) this.timed.push(attempt);
    let promise: Promise<unknown>;
    try {
      promise = this.project(entry.value, attempt);
    } catch (error) {
      promise = Promise.reject(error);
    }
    promise = Promise.resolve(promise);
    tellAwaited(this.clock, promise);
    promise.then(
      (result) => this.succeeded(attempt, result),
      (cause) => this.failed(attempt, cause),
    );
  }

  at(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const { at: due } of this.waiting) at = Math.min(at, due);
    return Math.min(at, this.oldest()?.deadline ?? Number.POSITIVE_INFINITY);
  }

  ring(now: number): boolean {
    for (let attempt = this.oldest(); attempt !== undefined && attempt.deadline <= now; attempt = this.oldest()) {
      const cause = timedOut(this.name, this.options.timeout ?? 0);
      this.timedHead++;
      this.failed(attempt, cause);
      attempt.end(cause);
    }
    for (const retry of this.waiting) {
      if (retry.at > now) continue;
      this.waiting.delete(retry);
      this.start(retry.entry, retry.attempt);
    }
    return true;
  }

  close(): void {
    this.closed = true;
    for (const attempt of this.running) attempt.end(new Error('the run has ended'));
    this.running.clear();
    this.waiting.clear();
    this.timed = [];
    this.timedHead = 0;
  }

  private succeeded(attempt: Attempt, result: unknown): void {
    if (!this.finish(attempt)) return;
    attempt.entry.result = result;
    this.settled(attempt.entry);
  }

  private failed(attempt: Attempt, cause: unknown): void {
    if (!this.finish(attempt)) return;
    const { attempts, delay, maxDelay } = this.options;
    const { entry, attempt: number } = attempt;
    if (number < attempts) {
      const wait = Math.min(delay * 2 ** (number - 1), maxDelay);
      this.waiting.add({ at: this.clock.now() + wait, entry, attempt: number + 1 });
      this.scheduled();
      return;
    }
    entry.failed = true;
    entry.result = cause;
    this.settled(entry);
  }

  /** Answers false for an attempt that is over already. */
  private finish(attempt: Attempt): boolean {
    if (attempt.over || this.closed) return false;
    attempt.end();
    this.running.delete(attempt);
    return true;
  }

  private oldest(): Attempt | undefined {
    while (this.timed[this.timedHead]?.over) this.timedHead++;
    if (this.timedHead > 1024 && this.timedHead * 2 > this.timed.length) {
      this.timed = this.timed.slice(this.timedHead);
      this.timedHead = 0;
    }
    return this.timed[this.timedHead];
  }
}

function timedOut(name: string, timeout: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ASYNC_TIMEOUT',
    component: name,
    expected: `an answer within ${timeout} ms`,
    actual: 'none',
    remedy: 'allow more time (timeout), retry, or send such elements elsewhere (onError)',
  });
}
