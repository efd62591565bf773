import type { CheckpointLease } from '@sluice/connector-sdk';
import type { PreparedSink } from '../stream/barrier.js';
import { abandoned, asCheckpointError, CheckpointFailed, isFatal, timedOut } from './attempt-failure.js';
import { type BlobRef, writeBlob } from './blob.js';
import { blobName } from './checkpoint-name.js';
import type { CheckpointPoint, CoordinatorSettings, Wave } from './coordinator-settings.js';
import { encodeFrames } from './frames.js';
import { type CheckpointKind, encodeManifest } from './manifest.js';
import { joining, mergeOwed, type OwedCommits, publishTogether } from './owed-commits.js';
import { discardAttempt, retainNewest } from './retention.js';
import { allOrFirstFailure } from './settled.js';

export { CheckpointFailed } from './attempt-failure.js';

interface Attempt {
  readonly checkpoint: number;
  readonly kind: CheckpointKind;
  readonly finished: boolean;
  readonly lease: CheckpointLease | undefined;
  /** Side effects are due with it. */
  readonly commit: boolean;
  readonly blobs: string[];
  wave: Wave | undefined;
  /** Whose committables are in the transaction of its publication. */
  joined: readonly OwedCommits[];
  publishing: boolean;
  abandoned: boolean;
}

/** What is asked of one checkpoint. */
export interface TakeOptions {
  readonly kind: CheckpointKind;
  /** Where it is kept; the job's own storage when left out. */
  readonly lease?: CheckpointLease;
  /** False: the side effects wait for the next checkpoint. */
  readonly commit: boolean;
  readonly finished?: boolean;
}

/**
 * Takes the checkpoints of a run, one at a time: barrier, state, manifest, and only then commits. Knows neither how the graph runs nor
 * what real time is.
 */
export class CheckpointCoordinator {
  /** The newest complete checkpoint. */
  latest: number | undefined;
  /** One of this run is durable, though its side effects may not be committed yet. */
  hasPublished = false;
  private newest: number;
  private queue: Promise<unknown> = Promise.resolve();
  private failures = 0;
  private wakeUp: (() => void) | undefined;
  private requested = false;
  private onlyOnDemand = false;
  private closed = false;
  private current: Attempt | undefined;
  private publishing: Promise<unknown> = Promise.resolve();
  private readonly waiting = new Set<AbortController>();
  /** Prepared for a savepoint that commits nothing: due with the next checkpoint. */
  private pending: OwedCommits[] = [];
  /** The oldest checkpoint that is kept, as far as this run knows. */
  private oldest = 0;
  /** Checkpoints that savepoints of this run hold. */
  private readonly savepoints: number[] = [];

  constructor(private readonly settings: CoordinatorSettings) {
    this.newest = settings.newest;
  }

  /** Takes a checkpoint every interval until the signal is aborted. Rejects when the run has to fail. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, interval, minPause } = this.settings;
    let next = clock.now() + interval;
    for (;;) {
      await this.pause(Math.max(0, next - clock.now()), signal);
      if (signal.aborted || this.onlyOnDemand) return;
      next = clock.now() + interval;
      await this.take({ kind: 'checkpoint', commit: true }).catch((cause) => this.tolerate(cause));
      next = Math.max(next, clock.now() + minPause);
    }
  }

  /** A sink has grown to its bound: a checkpoint is taken as soon as possible. */
  request(): void {
    this.requested = true;
    this.wakeUp?.();
  }

  /** The job is about to stop: from now on checkpoints are only taken by `take`. */
  endPeriodic(): void {
    this.onlyOnDemand = true;
    this.wakeUp?.();
  }

  /**
   * The run has ended: the checkpoint under way is given up before sinks abort what it prepared, and keeps no process alive. Resolves
   * when a publication that had begun is over.
   */
  async close(): Promise<void> {
    this.onlyOnDemand = true;
    this.closed = true;
    if (this.current !== undefined) this.current.abandoned = true;
    for (const sleep of this.waiting) sleep.abort();
    await this.publishing;
  }

  /** Takes one checkpoint, after those that were asked for before. Resolves with its id when its side effects are committed. */
  take(options: TakeOptions): Promise<number> {
    const taken = this.queue.then(() => this.attempt(options));
    this.queue = taken.catch(() => {});
    return taken;
  }

  /** A savepoint holds this checkpoint: what proves its commits must outlive it. */
  async keepFor(checkpoint: number): Promise<void> {
    this.savepoints.push(checkpoint);
    await this.settings.target.retained(this.oldest, this.savepoints);
  }

  private async pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (!this.requested) {
      const sleep = new AbortController();
      const abort = (): void => sleep.abort();
      signal.addEventListener('abort', abort, { once: true });
      this.wakeUp = abort;
      if (signal.aborted) abort();
      await this.settings.clock.sleep(milliseconds, sleep.signal).catch(() => {});
      this.wakeUp = undefined;
      signal.removeEventListener('abort', abort);
    }
    this.requested = false;
  }

  private tolerate(cause: unknown): void {
    if (cause instanceof CheckpointFailed && !cause.fatal && this.failures <= this.settings.tolerableFailures) return;
    throw cause instanceof CheckpointFailed ? cause.reason : cause;
  }

  private async attempt({ kind, lease = this.settings.lease, commit, finished = false }: TakeOptions): Promise<number> {
    const { clock, timeout } = this.settings;
    const attempt: Attempt = {
      checkpoint: ++this.newest,
      kind,
      finished,
      lease,
      commit,
      blobs: [],
      wave: undefined,
      joined: [],
      publishing: false,
      abandoned: false,
    };
    if (this.closed) throw abandoned(attempt.checkpoint);
    this.current = attempt;
    const started = clock.now();
    let prepared: readonly OwedCommits[];
    let bytes: number;
    try {
      ({ prepared, bytes } = await this.within(timeout, attempt, this.persist(attempt)));
    } catch (cause) {
      throw await this.giveUp(attempt, cause);
    }
    this.failures = 0;
    if (kind !== 'savepoint' && lease !== undefined) this.hasPublished = true;
    if (commit) await this.complete(attempt, prepared);
    else this.pending.push(...prepared);
    if (kind === 'savepoint') await this.keepFor(attempt.checkpoint);
    else {
      this.latest = attempt.checkpoint;
      this.settings.onCompleted(attempt.checkpoint, clock.now() - started, bytes);
    }
    return attempt.checkpoint;
  }

  /** Everything until the manifest is durable. */
  private async persist(
    attempt: Attempt,
  ): Promise<{ readonly prepared: readonly OwedCommits[]; readonly bytes: number }> {
    const { target } = this.settings;
    const wave = await target.wave(attempt.checkpoint);
    attempt.wave = wave;
    if (attempt.abandoned) this.discard(wave);
    await this.at('afterBarrier', attempt);
    const states = attempt.lease === undefined ? this.discard(wave) : this.writeStates(attempt, attempt.lease, wave);
    const preparing = Promise.all(wave.sinks.map(async (sink) => ({ sink, committables: await sink.prepared })));
    const [operators, prepared] = await allOrFirstFailure(states, preparing);
    await this.at('afterPrepare', attempt);
    if (attempt.lease === undefined) return { prepared, bytes: 0 };
    const owed = mergeOwed([...this.pending, ...prepared]);
    // Their rows go from memory into the transaction of the publication, and need no place in the checkpoint.
    if (attempt.commit) attempt.joined = joining(attempt.lease, owed);
    const sinks = await this.writeCommittables(attempt, attempt.lease, owed);
    for (const [uid, ref] of await this.writeSinkStates(attempt, attempt.lease, wave.sinks)) operators.set(uid, ref);
    await this.at('afterStateWritten', attempt);
    const manifest = this.manifest(attempt, wave, operators, sinks);
    const publication = publishTogether(attempt.lease, attempt.checkpoint, manifest, attempt.joined);
    attempt.publishing = true;
    this.publishing = publication.catch(() => {
      attempt.publishing = false;
    });
    await publication;
    const refs = [...operators.values(), ...[...sinks.values()].flat()];
    return { prepared, bytes: manifest.length + refs.reduce((sum, ref) => sum + ref.length, 0) };
  }

  private async writeStates(attempt: Attempt, lease: CheckpointLease, wave: Wave): Promise<Map<string, BlobRef>> {
    const refs = await Promise.all(
      wave.states.map(async (state, index) => {
        const name = this.nameBlob(attempt, lease, `s${index}`);
        return [state.uid, await writeBlob(lease, name, this.settings.target.encode(state))] as const;
      }),
    );
    return new Map(refs);
  }

  private async writeCommittables(
    attempt: Attempt,
    lease: CheckpointLease,
    owed: readonly OwedCommits[],
  ): Promise<Map<string, BlobRef[]>> {
    const refs = new Map<string, BlobRef[]>();
    await Promise.all(
      owed.map(async (due, index) => {
        const { sink, committables } = due;
        if (!sink.transactional) return;
        refs.set(sink.uid, []);
        if (committables.length === 0 || attempt.joined.includes(due)) return;
        const name = this.nameBlob(attempt, lease, `t${index}`);
        refs.set(sink.uid, [await writeBlob(lease, name, encodeFrames(committables))]);
      }),
    );
    return refs;
  }

  private async writeSinkStates(
    attempt: Attempt,
    lease: CheckpointLease,
    sinks: readonly PreparedSink[],
  ): Promise<Map<string, BlobRef>> {
    const refs = new Map<string, BlobRef>();
    await Promise.all(
      sinks.map(async (sink, index) => {
        const state = await sink.state;
        if (state !== undefined)
          refs.set(sink.uid, await writeBlob(lease, this.nameBlob(attempt, lease, `w${index}`), state));
      }),
    );
    return refs;
  }

  private nameBlob(attempt: Attempt, lease: CheckpointLease, part: string): string {
    const name = blobName(lease.epoch, attempt.checkpoint, part);
    attempt.blobs.push(name);
    return name;
  }

  private manifest(
    attempt: Attempt,
    wave: Wave,
    operators: ReadonlyMap<string, BlobRef>,
    sinks: ReadonlyMap<string, readonly BlobRef[]>,
  ): Uint8Array {
    const { job, epoch, incarnation, maxParallelism, clock } = this.settings;
    return encodeManifest({
      job,
      checkpoint: attempt.checkpoint,
      epoch,
      incarnation,
      kind: attempt.kind,
      completedAt: clock.now(),
      maxParallelism,
      finished: attempt.finished,
      sources: wave.sources,
      operators,
      sinks,
    });
  }

  /** The checkpoint is durable: everything pending up to it is committed, oldest first. */
  private async complete(attempt: Attempt, prepared: readonly OwedCommits[]): Promise<void> {
    await this.at('afterPublish', attempt);
    const done = new Set(attempt.joined.map(({ sink }) => sink.uid));
    const due = mergeOwed([...this.pending, ...prepared]).filter(({ sink }) => !done.has(sink.uid));
    this.pending = [];
    await allOrFirstFailure(...due.map(({ sink, committables }) => sink.commit(committables)));
    await this.at('afterCommit', attempt);
    if (attempt.wave !== undefined) await this.settings.target.completed(attempt.checkpoint, attempt.wave);
    await this.retain(attempt);
  }

  private async retain({ lease, kind, checkpoint }: Attempt): Promise<void> {
    if (kind === 'savepoint') return;
    // Without a storage nothing is ever restored.
    this.oldest = checkpoint;
    if (lease !== undefined) {
      const { kept } = await retainNewest(lease, this.settings.retained);
      this.oldest = kept[0] ?? checkpoint;
    }
    await this.settings.target.retained(this.oldest, this.savepoints);
  }

  /** A checkpoint failed. Decides whether the run can go on. */
  private async giveUp(attempt: Attempt, cause: unknown): Promise<CheckpointFailed> {
    const { wave, lease } = attempt;
    attempt.abandoned = true;
    if (wave !== undefined) this.discard(wave);
    // What a savepoint had left to be committed was in this publication too, and is no longer only ours to commit.
    const sealed = attempt.joined.length > 0 || (wave?.sinks.some((sink) => sink.sealed) ?? true);
    // A publication that is still under way, its time being up, may yet succeed: then its blobs are needed.
    const inDoubt = attempt.publishing || isFatal(cause);
    const reason = asCheckpointError(attempt.checkpoint, cause);
    this.failures++;
    if (!this.closed) this.settings.onFailed(attempt.checkpoint, reason);
    if (!sealed && !inDoubt && lease !== undefined) {
      await discardAttempt(lease, attempt.checkpoint, attempt.blobs).catch(() => {});
    }
    return new CheckpointFailed(reason, sealed || inDoubt);
  }

  private discard(wave: Wave): Promise<Map<string, BlobRef>> {
    for (const state of wave.states) state.discard();
    return Promise.resolve(new Map());
  }

  /** Rejects when the time is up; what goes on meanwhile is abandoned. */
  private async within<T>(timeout: number, attempt: Attempt, work: Promise<T>): Promise<T> {
    const { clock } = this.settings;
    const sleep = new AbortController();
    this.waiting.add(sleep);
    const late = clock.sleep(timeout, sleep.signal).then(
      () => {
        throw timedOut(attempt.checkpoint, timeout);
      },
      () => new Promise<never>(() => {}),
    );
    try {
      return await Promise.race([work, late]);
    } finally {
      this.waiting.delete(sleep);
      sleep.abort();
    }
  }

  private async at(point: CheckpointPoint, attempt: Attempt): Promise<void> {
    await this.settings.at(point);
    if (attempt.abandoned) throw abandoned(attempt.checkpoint);
  }
}
