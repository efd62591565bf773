import type { Rejected } from '@sluice/connector-sdk';
import type { Task } from '../stream/operator.js';

/** Where the rejects of a sink go. */
export interface RejectTarget {
  /** Emits into the `rejected` output; undefined when the flow has none. */
  readonly emit: ((rejected: Rejected<unknown>) => void) | undefined;
  /** A reject that nobody takes fails the run. */
  fail(cause: unknown): void;
}

/**
 * What a sink could not write, on its way to the `rejected` output: each once, whatever crashes.
 *
 * Before a barrier it is emitted before it. What is found out while the checkpoint is being flushed belongs to elements of before the
 * barrier, but can only be emitted behind it: so it is kept in that checkpoint as well, and emitted again when a run starts from there.
 */
export class Rejects {
  private task: Pick<Task, 'wake'> | undefined;
  private waiting: Rejected<unknown>[] = [];
  private readonly flushing = new Set<Rejected<unknown>[]>();
  /** Something was emitted behind the newest barrier: it is not in any transaction of a checkpoint yet. */
  behindBarrier = false;
  /** What nobody took: the run has failed, and no checkpoint may be complete that leaves it out. */
  private untaken: { readonly cause: unknown } | undefined;

  constructor(
    private readonly target: RejectTarget,
    restored: readonly Rejected<unknown>[],
  ) {
    this.waiting.push(...restored);
  }

  /** Somebody takes rejects. */
  get taken(): boolean {
    return this.target.emit !== undefined;
  }

  /** The graph is there: what has waited for it is emitted. */
  start(task: Pick<Task, 'wake'>): void {
    this.task = task;
    if (this.waiting.length > 0) task.wake(this.drain);
  }

  reject(value: unknown, cause: unknown): void {
    if (!this.taken) {
      this.untaken ??= { cause };
      this.target.fail(cause);
      return;
    }
    const rejected = { value, cause };
    for (const late of this.flushing) late.push(rejected);
    this.behindBarrier ||= this.flushing.size > 0;
    this.waiting.push(rejected);
    this.task?.wake(this.drain);
  }

  /** What is rejected until `flushed` has settled, for the checkpoint whose barrier has just passed. */
  async during(flushed: Promise<unknown>): Promise<readonly Rejected<unknown>[]> {
    // What the flush has rejected at once has not been emitted before the barrier either.
    const late = [...this.waiting];
    this.behindBarrier = late.length > 0;
    this.flushing.add(late);
    try {
      await flushed;
    } finally {
      this.flushing.delete(late);
    }
    if (this.untaken !== undefined) throw this.untaken.cause;
    return late;
  }

  /** Emits what waits. */
  readonly drain = (): void => {
    const { emit } = this.target;
    for (const rejected of this.waiting.splice(0)) emit?.(rejected);
  };
}
