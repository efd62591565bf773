import type { Observable, Subscriber } from 'rxjs';
import type { Guarantee } from './guarantee.js';
import type { JobEvent, JobResult } from './job-event.js';
import type { Savepoint } from './job-options.js';

/**
 * A stream processing job. Subscribe = start, from the newest complete checkpoint; a second subscription while it runs is an error
 * (SLUICE_JOB_RUNNING). Error = it failed and its restart strategy gave up. Unsubscribe = suspend: everything stops, checkpoints stay,
 * and the next subscription goes on from the newest, once this one's teardown has ended. Complete = the bounded input is done and its
 * final checkpoint committed.
 */
export interface Job extends Observable<JobEvent> {
  readonly name: string;
  /** Worked out from sources, sinks and options. */
  readonly guarantee: Guarantee;
  /** What the job tells, without starting or stopping it. */
  readonly events: Observable<JobEvent>;
  /** Starts it and resolves when it ends. Aborting the signal suspends it. */
  run(options?: { readonly signal?: AbortSignal }): Promise<JobResult>;
  /** Takes a savepoint while the job runs; side effects are committed with the next checkpoint, not with it. */
  savepoint(path?: string): Promise<Savepoint>;
  /**
   * Ends it gracefully: with a last checkpoint that commits what was done, and a savepoint if asked for. `drain` first takes the input
   * as ended, so that windows and timers fire. A job that waits to be restarted ends as its newest checkpoint left it; a savepoint or
   * `drain` of one is refused with SLUICE_JOB_NOT_RUNNING, and it goes on waiting.
   */
  stop(options?: { readonly savepoint?: boolean | string; readonly drain?: boolean }): Promise<Savepoint | undefined>;
  /** Ends it at once. Only this deletes checkpoints, and only when told to. */
  cancel(options?: { readonly deleteCheckpoints?: boolean }): Promise<void>;
  /** The graph: tasks, and the operators chained in them. */
  toMermaid(): string;
}

/** Who listens to a job that was subscribed. */
export type JobSubscriber = Subscriber<JobEvent>;
