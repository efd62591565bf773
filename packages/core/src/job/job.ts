import type { Observable, Subscriber } from 'rxjs';
import type { QueryOptions, StateAnswer, StateQuery } from '../query/state-query.js';
import type { StateShape } from '../state/descriptor.js';
import type { StateValues } from '../state/state-values.js';
import type { Key } from '../stream/element.js';
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
  /**
   * What an operator keeps for a key, while the job runs: a copy, which is nobody else's. What has expired is not returned.
   *
   * `'live'` (the default) reads between two elements. `'checkpoint'` takes a checkpoint, reads at its barrier and answers when it is complete.
   * Many queries at once are answered at one moment: at the same barrier everywhere, or live between the same two elements of each part of the
   * graph that is connected.
   *
   * The state is named, or declared by a record of the descriptors that the operator has it by, for values with their types. `scanByKey` and
   * `aggregateByKey` keep theirs as `rolling`.
   *
   * @throws SLUICE_UNKNOWN_UID, SLUICE_UNKNOWN_STATE for what the job does not have, SLUICE_KEY for what is no key
   * @throws SLUICE_JOB_NOT_RUNNING when it does not run, or ends before it answers
   *
   * @example
   * const state = { seen: valueStateOf(() => 0) };
   * const visits$ = fromObservable(new Subject<Click>()).pipe(
   *   keyBy((click) => click.user),
   *   processKeyed({ uid: 'visits', state, onElement: (_click, visit) => visit.state.seen.set(visit.state.seen.get() + 1) }),
   *   to(callbackSink(() => {})),
   * );
   * const job = createJob('visits', visits$);
   * const ended = job.run();
   * const { seen } = await job.query('visits', state, 'ann');
   * const both = ['ann', 'bob'].map((key) => ({ uid: 'visits', state, key }));
   * const [ann, bob] = await job.query(both, { consistency: 'checkpoint' });
   * await job.cancel();
   * await ended;
   */
  query<S extends StateShape>(uid: string, state: S, key: Key, options?: QueryOptions): Promise<StateValues<S>>;
  query(uid: string, state: string, key: Key, options?: QueryOptions): Promise<unknown>;
  query<Q extends readonly StateQuery[] | []>(
    queries: Q,
    options?: QueryOptions,
  ): Promise<{ [I in keyof Q]: StateAnswer<Q[I]> }>;
  /**
   * Takes a checkpoint now, beside those of the interval, and resolves with its number when it is complete and its side effects are
   * committed. One that fails rejects, and counts as the others do (`tolerableFailures`). A job without `checkpoints` refuses it with
   * SLUICE_OPTION, one that does not run with SLUICE_JOB_NOT_RUNNING.
   */
  checkpoint(): Promise<number>;
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
