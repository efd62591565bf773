import type { CheckpointLease } from '@sluice/connector-sdk';
import type { CapturedState, PreparedSink } from '../stream/barrier.js';
import { abandoned, asCheckpointError, CheckpointFailed, isFatal, timedOut } from './attempt-failure.js';
import { type BlobRef, writeBlob } from './blob.js';
import { blobName } from './checkpoint-name.js';
import { CheckpointSchedule } from './checkpoint-schedule.js';
import type { CheckpointPoint, CoordinatorSettings, Wave } from './coordinator-settings.js';
import { encodeFrames } from './frames.js';
import { type CheckpointKind, encodeManifest } from './manifest.js';
import { joining, mergeOwed, type OwedCommits, publishTogether } from './owed-commits.js';
import { discardAttempt, retainNewest } from './retention.js';
import { allOrFirstFailure } from './settled.js';
import { StateChains, type WrittenStates } from './state-chains.js';

export { CheckpointFailed } from './attempt-failure.js';

interface Attempt {
  readonly checkpoint: number;
  readonly kind: CheckpointKind;
  readonly finished: boolean;
  readonly lease: CheckpointLease | undefined;
  /** Side effects are due with it. */
  readonly commit: boolean;
  /** Its states are links of their chains. */
  readonly chained: boolean;
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
  /** It is to hold everything itself, whatever checkpoints before it hold. */
  readonly whole?: boolean;
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
  private readonly chains = new StateChains();
  private readonly schedule: CheckpointSchedule;

  constructor(private readonly settings: CoordinatorSettings) {
    this.newest = settings.newest;
    this.schedule = new CheckpointSchedule(settings);
  }

  /** Takes a checkpoint every interval until the signal is aborted. Rejects when the run has to fail. */
  async run(signal: AbortSignal): Promise<void> {
    const take = () => this.take({ kind: 'checkpoint', commit: true }).catch(tolerate);
    await this.schedule.run(take, () => this.queue, signal);
  }

  /** A sink has grown to its bound: a checkpoint is taken as soon as possible. */
  request(): void {
    this.schedule.request();
  }

  /** The job is about to stop: from now on checkpoints are only taken by `take`. */
  endPeriodic(): void {
    this.schedule.end();
  }

  /**
   * The run has ended: the checkpoint under way is given up before sinks abort what it prepared, and keeps no process alive. Resolves
   * when a publication that had begun is over.
   */
  async close(): Promise<void> {
    this.schedule.end();
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

  private async attempt(options: TakeOptions): Promise<number> {
    const { clock, timeout, incremental } = this.settings;
    const { kind, lease = this.settings.lease, commit, finished = false, whole = false } = options;
    const attempt: Attempt = {
      checkpoint: ++this.newest,
      kind,
      finished,
      lease,
      commit,
      chained: incremental && !whole && lease !== undefined && lease === this.settings.lease,
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
    } finally {
      if (kind !== 'savepoint') this.schedule.pause();
    }
    if (kind !== 'savepoint') this.failures = 0;
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
    const wave = await target.wave(attempt.checkpoint, attempt.chained ? (uid) => this.chains.isOpen(uid) : undefined);
    attempt.wave = wave;
    if (attempt.abandoned) this.discard(wave);
    await this.at('afterBarrier', attempt);
    const states = this.writeStates(attempt, wave);
    const preparing = Promise.all(wave.sinks.map(async (sink) => ({ sink, committables: await sink.prepared })));
    const [written, prepared] = await allOrFirstFailure(states, preparing);
    await this.at('afterPrepare', attempt);
    if (attempt.lease === undefined) return { prepared, bytes: 0 };
    const owed = mergeOwed([...this.pending, ...prepared]);
    // Their rows go from memory into the transaction of the publication, and need no place in the checkpoint.
    if (attempt.commit) attempt.joined = joining(attempt.lease, owed);
    const sinks = await this.writeCommittables(attempt, attempt.lease, owed);
    const remembered = await this.writeSinkStates(attempt, attempt.lease, wave.sinks);
    await this.at('afterStateWritten', attempt);
    const manifest = this.manifest(attempt, wave, new Map([...written.chains, ...remembered]), sinks);
    const publication = publishTogether(attempt.lease, attempt.checkpoint, manifest, attempt.joined);
    attempt.publishing = true;
    this.publishing = publication.catch(() => {
      attempt.publishing = false;
    });
    await publication;
    if (attempt.chained && !attempt.abandoned) this.chains.kept(wave.states, written.chains);
    const refs = [...remembered.values(), ...sinks.values()].flat();
    return { prepared, bytes: refs.reduce((sum, ref) => sum + ref.length, manifest.length + written.bytes) };
  }

  private async writeStates(attempt: Attempt, { states }: Wave): Promise<WrittenStates> {
    const { lease } = attempt;
    if (lease !== undefined) {
      const { target } = this.settings;
      const encode = (state: CapturedState) => target.encode(state);
      return this.chains.write(lease, states, encode, (part) => this.nameBlob(attempt, lease, part));
    }
    for (const state of states) state.discard();
    return { chains: new Map(), bytes: 0 };
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
  ): Promise<Map<string, BlobRef[]>> {
    const refs = new Map<string, BlobRef[]>();
    await Promise.all(
      sinks.map(async (sink, index) => {
        const state = await sink.state;
        if (state !== undefined)
          refs.set(sink.uid, [await writeBlob(lease, this.nameBlob(attempt, lease, `w${index}`), state)]);
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
    operators: ReadonlyMap<string, readonly BlobRef[]>,
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
    try {
      // Without a storage nothing is ever restored.
      const kept = lease === undefined ? [] : (await retainNewest(lease, this.settings.retained)).kept;
      this.oldest = kept[0] ?? checkpoint;
    } catch (cause) {
      // The checkpoint is complete, and what is left of older ones goes with the next. A lost lease is another matter.
      if (isFatal(cause)) throw cause;
      this.settings.target.notRemoved(checkpoint, cause);
      return;
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
    // A savepoint that failed is told to whoever asked for it, and says nothing about those that follow.
    const tolerated = attempt.kind === 'savepoint' || ++this.failures <= this.settings.tolerableFailures;
    if (!this.closed) this.settings.onFailed(attempt.checkpoint, reason);
    if (!sealed && !inDoubt && lease !== undefined) {
      await discardAttempt(lease, attempt.checkpoint, attempt.blobs).catch(() => {});
    }
    return new CheckpointFailed(reason, sealed || inDoubt || !tolerated);
  }

  private discard(wave: Wave): void {
    for (const state of wave.states) state.discard();
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

function tolerate(cause: unknown): void {
  if (cause instanceof CheckpointFailed && !cause.fatal) return;
  throw cause instanceof CheckpointFailed ? cause.reason : cause;
}
