import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { SluiceError } from '@sluice/connector-sdk';
import { removeAllCheckpoints } from '../checkpoint/retention.js';
import { acquireSavepoint, writeSavepoint } from '../checkpoint/savepoint.js';
import type { QueryOptions, StateQuery } from '../query/state-query.js';
import type { JobEvent, JobResult } from './job-event.js';
import { notRunning } from './job-failure.js';
import type { Savepoint } from './job-options.js';
import { type JobDefinition, JobRun } from './job-run.js';
import type { JobRuntime } from './job-runtime.js';
import { isPermanent } from './permanent.js';
import { createTracker, type RestartStrategy } from './restart-strategy.js';

type Ending = JobResult['status'];

/** One subscription to a job: its runs, one after the other, until it ends. */
export class JobExecution {
  private readonly aborter = new AbortController();
  /** Rejects when the execution is ended from outside. */
  private readonly aborted = rejection(this.aborter.signal);
  private run: JobRun | undefined;
  private ending: Ending | undefined;
  private savepointTaken: Savepoint | undefined;
  private deleteCheckpoints = false;
  private restarts = 0;
  /** To be restarted. */
  private waits = false;
  /** A checkpoint of this execution is complete: from now on the newest one counts, wherever it started. */
  private checkpointed = false;
  private begun: () => void = () => {};
  /** The first run has begun. */
  private readonly beginning = new Promise<void>((resolve) => {
    this.begun = resolve;
  });

  constructor(
    private readonly definition: JobDefinition,
    private readonly restart: RestartStrategy,
    private readonly runtime: JobRuntime,
    private readonly tell: (event: JobEvent) => void,
  ) {}

  /** Resolves when the job has ended and everything is torn down; rejects when the restart strategy gives up. */
  async execute(): Promise<JobResult> {
    const tracker = createTracker(this.restart);
    for (;;) {
      try {
        const status = await this.attempt();
        return this.result(status);
      } catch (error) {
        if (this.ending !== undefined) return this.result(this.ending);
        const { clock, random } = this.runtime;
        const delay = isPermanent(error) ? undefined : tracker.next(clock.now(), random);
        if (delay === undefined) throw error;
        this.restarts++;
        this.waits = true;
        this.tell({ type: 'restarting', attempt: this.restarts, delayMs: delay, cause: error });
        await clock.sleep(delay, this.aborter.signal).catch(() => {});
        this.waits = false;
        if (this.ending === undefined) continue;
        if (this.deleteCheckpoints) await this.deleteWithoutRun();
        return this.result(this.ending);
      }
    }
  }

  /** Everything stops at once; checkpoints stay. */
  suspend(): void {
    this.end('suspended');
  }

  cancel(deleteCheckpoints: boolean): void {
    this.deleteCheckpoints = deleteCheckpoints;
    this.end('cancelled');
  }

  /** Asks for a checkpoint of the ordinary kind. */
  requestCheckpoint(): void {
    this.run?.requestCheckpoint();
  }

  async query(queries: readonly StateQuery[], options: QueryOptions): Promise<readonly unknown[]> {
    return (await this.running()).query(queries, options);
  }

  async checkpoint(): Promise<number> {
    return (await this.running()).checkpoint();
  }

  async savepoint(path: string | undefined): Promise<Savepoint> {
    const target = this.placeFor(path);
    const run = await this.running();
    const lease = await acquireSavepoint(this.reached(target), this.aborter.signal);
    try {
      await run.take({ kind: 'savepoint', lease, commit: false });
    } finally {
      await lease.release();
    }
    return target;
  }

  /** Ends the job with a last checkpoint, from which a savepoint is copied. One that waits to be restarted has nothing to put into it, and just ends. */
  async stop(options: {
    readonly savepoint?: boolean | string;
    readonly drain?: boolean;
  }): Promise<Savepoint | undefined> {
    const { savepoint = false, drain = false } = options;
    const target = savepoint === false ? undefined : this.placeFor(savepoint === true ? undefined : savepoint);
    if (this.waits && target === undefined && !drain) {
      this.end('stopped');
      return undefined;
    }
    const run = await this.running();
    run.hold();
    try {
      // A place that cannot be written is found out before there is no way back.
      if (target !== undefined) await (await acquireSavepoint(this.reached(target), this.aborter.signal)).release();
    } catch (error) {
      run.release();
      throw error;
    }
    try {
      run.endPeriodic();
      if (drain) {
        run.release();
        await run.drain();
      }
      await this.takeLast(run, target);
    } catch (error) {
      // Held, it would give out nothing for ever: it starts again from its last checkpoint.
      run.fail(error);
      throw error;
    }
    this.savepointTaken = target;
    this.ending = 'stopped';
    run.stop();
    return target;
  }

  private async takeLast(run: JobRun, target: Savepoint | undefined): Promise<void> {
    if (run.storage === undefined) return this.savepointOnly(run, target);
    const checkpoint = await run.take({ kind: 'checkpoint', commit: true, whole: target !== undefined });
    if (target === undefined) return;
    await writeSavepoint(run.storage, checkpoint, this.reached(target), this.aborter.signal);
    await run.keepFor(checkpoint);
  }

  private async savepointOnly(run: JobRun, target: Savepoint | undefined): Promise<void> {
    if (target === undefined) {
      await run.take({ kind: 'checkpoint', commit: true });
      return;
    }
    const lease = await acquireSavepoint(this.reached(target), this.aborter.signal);
    try {
      await run.take({ kind: 'savepoint', lease, commit: true });
    } finally {
      await lease.release();
    }
  }

  /** A place as the run reaches it: what stands between it and its plugins stands here too. */
  private reached(target: Savepoint): Savepoint {
    if (target.storage === undefined) return target;
    return { ...target, storage: this.runtime.plugins.storage(target.storage) };
  }

  private async attempt(): Promise<Ending> {
    const run = new JobRun(this.definition, this.runtime, this.tell);
    this.run = run;
    this.begun();
    try {
      const status = await Promise.race([
        run.execute(this.checkpointed ? 'latest' : this.definition.options.startFrom),
        this.aborted,
      ]);
      return this.ending ?? status;
    } finally {
      await run.close({ deleteCheckpoints: this.deleteCheckpoints });
      this.checkpointed ||= run.hasPublished;
      this.run = undefined;
    }
  }

  /** Cancelled between two runs. */
  private async deleteWithoutRun(): Promise<void> {
    const { name, options } = this.definition;
    if (options.checkpoints === undefined) return;
    const storage = this.runtime.plugins.storage(options.checkpoints.storage);
    const lease = await storage.acquire(name, new AbortController().signal);
    await removeAllCheckpoints(lease).finally(() => lease.release());
  }

  private end(ending: Ending): void {
    this.ending ??= ending;
    this.aborter.abort(notRunning(this.definition.name, 'one that has ended'));
  }

  private result(status: Ending): JobResult {
    const { restarts, savepointTaken } = this;
    return { status, restarts, ...(savepointTaken !== undefined && { savepoint: savepointTaken }) };
  }

  /** The run, once it has started: before that there is no state and no position to keep. */
  private async running(): Promise<JobRun> {
    await Promise.race([this.beginning, this.aborted]);
    const { run } = this;
    await run?.whenStarted();
    if (run !== undefined) return run;
    throw notRunning(
      this.definition.name,
      'one that waits to be restarted',
      'try again when it has told `started`, or `stop()` it as it is',
    );
  }

  /** A savepoint of its own: in a folder below the path, or in the job's checkpoint storage. */
  private placeFor(path: string | undefined): Savepoint {
    const name = `savepoint-${randomUUID()}`;
    if (path !== undefined) return { path: join(path, name) };
    const storage = this.definition.options.checkpoints?.storage;
    if (storage !== undefined) return { path: name, storage };
    throw new SluiceError({
      code: 'SLUICE_SAVEPOINT',
      component: `job '${this.definition.name}'`,
      expected: 'a path for the savepoint, as the job has no checkpoint storage',
      actual: 'none',
      remedy: 'give the path of a folder',
    });
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  const rejected = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  rejected.catch(() => {});
  return rejected;
}
