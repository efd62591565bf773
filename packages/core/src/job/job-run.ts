import type { CheckpointLease, Logger, Metrics } from '@sluice/connector-sdk';
import { CheckpointCoordinator, CheckpointFailed, type TakeOptions } from '../checkpoint/coordinator.js';
import type { OpenedCheckpoint } from '../checkpoint/open-checkpoint.js';
import { collectOrphans, removeAllCheckpoints } from '../checkpoint/retention.js';
import type { Graph } from '../graph/graph.js';
import type { StreamNode } from '../graph/node.js';
import { QueryDesk } from '../query/query-desk.js';
import type { QueryOptions, StateQuery } from '../query/state-query.js';
import type { StreamObserver } from '../stream/element.js';
import { closePlugins } from '../task/close-plugins.js';
import type { LocalLoop } from '../task/local-loop.js';
import type { RunIdentity } from '../task/plugin-context.js';
import type { RejectTarget } from '../task/rejects.js';
import type { RunningSink } from '../task/sink-runtime.js';
import type { RunningSource } from '../task/source-runtime.js';
import { Alignment } from '../time/alignment.js';
import { WatermarkDelays } from '../time/watermark-delay.js';
import type { Guarantee } from './guarantee.js';
import type { JobEvent } from './job-event.js';
import { notRunning, withoutCheckpoints } from './job-failure.js';
import type { CheckedOptions, Savepoint } from './job-options.js';
import type { JobRuntime } from './job-runtime.js';
import { openSinks } from './open-sinks.js';
import { openSources } from './open-sources.js';
import { openStart, requireFit } from './restore.js';
import { buildComponent, type RunningComponent } from './run-component.js';
import { RunProgress, reportDelays } from './run-progress.js';
import { runTarget } from './run-target.js';

/** A job, described and checked. */
export interface JobDefinition {
  readonly name: string;
  readonly graph: Graph;
  readonly guarantee: Guarantee;
  readonly options: CheckedOptions;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Without checkpoints, sinks commit this often (milliseconds). */
const COMMIT_INTERVAL = 1000;

/**
 * One attempt at a job, from acquiring its storage to its end or its failure. Order of a start: acquire, read the checkpoint, recover
 * every sink, open the sources.
 */
export class JobRun {
  private readonly aborter = new AbortController();
  private readonly components: RunningComponent[] = [];
  private readonly sinks = new Map<StreamNode, RunningSink>();
  private readonly sources = new Map<StreamNode, RunningSource>();
  private readonly watermarks = new Map<StreamNode, number>();
  private readonly alignment = new Alignment();
  private readonly delays: WatermarkDelays;
  private readonly desk: QueryDesk;
  /** Of states that the job has no longer. */
  private dropUnknownState = false;
  private progress: RunProgress | undefined;
  private readonly closes: (() => void)[] = [];
  private lease: CheckpointLease | undefined;
  private coordinator: CheckpointCoordinator | undefined;
  private failed: (error: unknown) => void = () => {};
  private readonly failure: Promise<never>;
  private draining = false;
  private stopped: () => void = () => {};
  private readonly stopping: Promise<void>;
  private loopsEnded: Promise<unknown> = Promise.resolve();
  private drained: Promise<unknown> = Promise.resolve();
  private starting: Promise<void> = Promise.resolve();

  constructor(
    private readonly definition: JobDefinition,
    private readonly runtime: JobRuntime,
    private readonly tell: (event: JobEvent) => void,
  ) {
    this.delays = new WatermarkDelays(definition.options.watermarkDelay);
    this.desk = new QueryDesk(`job '${definition.name}'`, () => this.requestCheckpoint());
    this.failure = new Promise((_resolve, reject) => {
      this.failed = reject;
    });
    this.failure.catch(() => {});
    this.stopping = new Promise((resolve) => {
      this.stopped = resolve;
    });
  }

  /** Runs until the input has ended (`finished`) or somebody stops it (`stopped`). Rejects when it fails. */
  async execute(startFrom: 'latest' | 'scratch' | Savepoint): Promise<'finished' | 'stopped'> {
    this.starting = this.start(startFrom);
    await this.whenStarted();
    const finished = this.drained.then(async () => {
      // Whoever drained it takes the last checkpoint and stops it.
      if (this.draining) return this.failure;
      this.coordinator?.endPeriodic();
      this.progress?.report();
      await this.takeFinal();
      return 'finished' as const;
    });
    return Promise.race([finished, this.stopping.then(() => 'stopped' as const), this.failure]);
  }

  /** Resolves when all sources are read; rejects when the run fails before or ends. */
  async whenStarted(): Promise<void> {
    await Promise.race([this.starting, this.failure]);
  }

  /** Fails the run. */
  fail(error: unknown): void {
    this.failed(error);
  }

  /** A checkpoint for its own sake. One that fails with sealed transactions, or with commits that are due, fails the run. */
  async take(options: TakeOptions): Promise<number> {
    const { coordinator } = this;
    if (coordinator === undefined) throw notRunning(this.definition.name);
    const taken = coordinator.take(options).catch((cause) => {
      if (!(cause instanceof CheckpointFailed)) this.failed(cause);
      else if (cause.fatal) this.failed(cause.reason);
      throw cause instanceof CheckpointFailed ? cause.reason : cause;
    });
    return Promise.race([taken, this.failure]);
  }

  /** A checkpoint of the ordinary kind, asked for by hand. */
  checkpoint(): Promise<number> {
    const { name, options } = this.definition;
    if (options.checkpoints === undefined) throw withoutCheckpoints(name);
    return this.take({ kind: 'checkpoint', commit: true });
  }

  /** The last checkpoint of all; what sinks reject while it is flushed needs one more. */
  private async takeFinal(): Promise<void> {
    do await this.take({ kind: 'final', commit: true, finished: true });
    while ([...this.sinks.values()].some((sink) => sink.rejectedBehindBarrier));
  }

  /** What the operators keep. */
  async query(queries: readonly StateQuery[], options: QueryOptions): Promise<readonly unknown[]> {
    return Promise.race([this.desk.answer(queries, options), this.failure]);
  }

  /** A savepoint holds this checkpoint. */
  async keepFor(checkpoint: number): Promise<void> {
    await this.coordinator?.keepFor(checkpoint);
  }

  /** A checkpoint of the ordinary kind, as soon as possible. */
  requestCheckpoint(): void {
    this.coordinator?.request();
  }

  /** While it is drained nobody takes checkpoints of his own accord. */
  private requestFromSink(): void {
    if (this.draining) this.take({ kind: 'checkpoint', commit: true }).catch((error) => this.failed(error));
    else this.coordinator?.request();
  }

  /** No further element is given out. */
  hold(): void {
    for (const { loop } of this.components) loop.hold();
  }

  release(): void {
    for (const { loop } of this.components) loop.release();
  }

  /** From now on checkpoints are only taken when they are asked for. */
  endPeriodic(): void {
    this.coordinator?.endPeriodic();
  }

  /** The input is taken as ended here; resolves when everything has arrived at the ends. */
  async drain(): Promise<void> {
    this.draining = true;
    this.coordinator?.endPeriodic();
    for (const { loop } of this.components) loop.endInput();
    await Promise.race([this.drained, this.failure]);
  }

  /** Ends `execute`. */
  stop(): void {
    this.stopped();
  }

  /** The storage of this run, to copy a checkpoint out of it. */
  get storage(): CheckpointLease | undefined {
    return this.lease;
  }

  /** A checkpoint of this run is complete, though its side effects may not be committed yet. */
  get hasPublished(): boolean {
    return this.coordinator?.hasPublished ?? false;
  }

  /** Tears everything down and leaves nothing behind that is not prepared. */
  async close({ deleteCheckpoints = false }: { readonly deleteCheckpoints?: boolean } = {}): Promise<void> {
    // First: a checkpoint under way fails by what follows, and that is no news.
    void this.coordinator?.close();
    this.aborter.abort(new Error('the run has ended'));
    // Whoever still waits for something of this run waits no longer.
    this.failed(notRunning(this.definition.name));
    // What a start under way opens is to be closed, and its lease must not outlive this run.
    await this.starting.catch(() => {});
    for (const { loop } of this.components) loop.stop();
    await this.loopsEnded;
    await this.coordinator?.close();
    for (const close of this.closes.splice(0)) close();
    const { logger } = this.definition;
    await closePlugins([...this.sources.values()], this.runtime.clock, logger);
    await closePlugins([...this.sinks.values()], this.runtime.clock, logger);
    if (this.lease === undefined) return;
    if (deleteCheckpoints) await removeAllCheckpoints(this.lease).catch((error) => this.cannotDelete(error));
    await this.lease.release().catch(() => {});
  }

  private cannotDelete(error: unknown): void {
    this.definition.logger.error({ job: this.definition.name, error }, 'checkpoints were not deleted');
  }

  // ── start ────────────────────────────────────────────────────────────────

  private async start(startFrom: 'latest' | 'scratch' | Savepoint): Promise<void> {
    const { name, graph, options } = this.definition;
    const { signal } = this.aborter;
    const { plugins } = this.runtime;
    if (options.checkpoints !== undefined)
      this.lease = await plugins.storage(options.checkpoints.storage).acquire(name, signal);
    signal.throwIfAborted();
    if (this.lease !== undefined) await collectOrphans(this.lease);
    const { opened, newest } = await openStart(this.lease, startFrom);
    if (opened !== undefined) {
      this.dropUnknownState = typeof startFrom === 'object' && startFrom.allowNonRestoredState === true;
      requireFit(name, graph, opened, this.dropUnknownState);
    }
    const identity: RunIdentity = {
      job: name,
      epoch: this.lease?.epoch ?? 1,
      incarnation: this.lease?.incarnation ?? globalThis.crypto.randomUUID(),
      durable: this.lease !== undefined,
      signal,
      logger: this.definition.logger,
      metrics: this.definition.metrics,
      clock: this.runtime.clock,
      reported: (uid, event, fields) => this.tell({ type: 'reported', uid, event, fields }),
    };
    await this.openSinks(identity, opened);
    signal.throwIfAborted();
    const coordinator = this.coordinate(identity, newest, opened);
    for (const component of graph.components) this.build(component, opened);
    this.runLoops();
    await openSources({ graph, plugins, identity, opened }, this.components, this.sources);
    signal.throwIfAborted();
    this.tell({ type: 'started', guarantee: this.definition.guarantee, restoredFrom: opened?.checkpoint });
    coordinator.run(signal).catch((error) => this.failed(error));
    this.report(signal);
  }

  /** Tells how far it is from now on, and what keeps it back. */
  private report(signal: AbortSignal): void {
    const { clock } = this.runtime;
    const readings = {
      elements: () => this.components.reduce((sum, { loop }) => sum + loop.elements, 0),
      watermark: () => Math.min(...this.watermarks.values()),
      readers: () => [...this.sources.values()].flatMap((source) => source.loopSource.readers),
    };
    this.progress = new RunProgress(readings, clock, this.tell);
    const { watermarkDelay } = this.definition.options;
    Promise.all([
      this.progress.reportPeriodically(signal),
      reportDelays(this.delays, watermarkDelay, clock, signal, this.tell),
    ]).catch((error) => this.failed(error));
  }

  private async openSinks(identity: RunIdentity, opened: OpenedCheckpoint | undefined): Promise<void> {
    const opening = { graph: this.definition.graph, plugins: this.runtime.plugins, identity, opened };
    await openSinks(opening, this.sinks, {
      rejects: (target) => this.rejectsOf(target),
      requestCheckpoint: () => this.requestFromSink(),
    });
  }

  private rejectsOf(target: object | undefined): RejectTarget {
    return {
      emit: target && ((rejected) => this.sideOutput(target, rejected, Number.NaN)),
      fail: (cause) => this.failed(cause),
    };
  }

  private coordinate(
    identity: RunIdentity,
    newest: number,
    opened: OpenedCheckpoint | undefined,
  ): CheckpointCoordinator {
    const { checkpoints, maxParallelism } = this.definition.options;
    this.coordinator = new CheckpointCoordinator({
      job: identity.job,
      incarnation: identity.incarnation,
      epoch: identity.epoch,
      maxParallelism: opened?.manifest.maxParallelism ?? maxParallelism,
      lease: this.lease,
      clock: identity.clock,
      target: runTarget({
        graph: this.definition.graph,
        logger: identity.logger,
        loops: () => this.components.map(({ loop }) => loop),
        sources: () => this.sources.values(),
        sinks: () => this.sinks.values(),
        captured: (checkpoint, uid) => this.desk.captured(checkpoint, uid),
        failure: this.failure,
      }),
      interval: checkpoints?.interval ?? COMMIT_INTERVAL,
      minPause: checkpoints?.minPause ?? 0,
      timeout: checkpoints?.timeout ?? Number.MAX_SAFE_INTEGER,
      tolerableFailures: checkpoints?.tolerableFailures ?? 0,
      retained: checkpoints?.retained ?? 1,
      incremental: checkpoints?.incremental ?? false,
      newest,
      onCompleted: (checkpoint, durationMs, bytes) => {
        this.desk.completed(checkpoint);
        if (this.lease !== undefined) this.tell({ type: 'checkpointCompleted', checkpoint, durationMs, bytes });
      },
      onFailed: (checkpoint, cause) => this.tell({ type: 'checkpointFailed', checkpoint, cause }),
      at: (point) => this.runtime.at(point),
    });
    this.coordinator.latest = opened?.checkpoint;
    return this.coordinator;
  }

  private sideOutput: (target: object, value: unknown, timestamp: number) => void = () => {};

  private build(nodes: readonly StreamNode[], opened: OpenedCheckpoint | undefined): void {
    const { graph, options, logger, metrics } = this.definition;
    const component = buildComponent(graph, nodes, this.runtime, {
      logger,
      metrics,
      maxParallelism: opened?.manifest.maxParallelism ?? options.maxParallelism,
      alignment: this.alignment,
      checkpointed: options.checkpoints !== undefined,
      dropUnknownState: this.dropUnknownState,
      lastCheckpoint: () => this.coordinator?.latest,
      restored: (uid) => opened?.operators.get(uid),
      opened: (store, loop) => this.desk.add(store, loop),
      watch: (uid, active, heldBack) => this.delays.watch(uid, active, heldBack),
      onClose: (close) => this.closes.push(close),
      end: (loop, node, out) => this.end(loop, node, out),
    });
    const before = this.sideOutput;
    this.sideOutput = (target, value, timestamp) => {
      before(target, value, timestamp);
      component.sideOutput(target, value, timestamp);
    };
    this.components.push(component);
  }

  private end(loop: LocalLoop, node: StreamNode, out: StreamObserver<unknown>): StreamObserver<unknown> {
    loop.expectEnd();
    const { watermarks } = this;
    watermarks.set(node, Number.NEGATIVE_INFINITY);
    const input = this.sinks.get(node)?.input(loop, out);
    if (input === undefined) throw notRunning(this.definition.name);
    return {
      ...input,
      watermark(timestamp) {
        watermarks.set(node, timestamp);
        input.watermark(timestamp);
      },
    };
  }

  private runLoops(): void {
    const drains: Promise<void>[] = [];
    const ends: Promise<void>[] = [];
    for (const { loop } of this.components) {
      drains.push(
        new Promise((resolve) => {
          ends.push(loop.run(resolve).catch((error) => this.failed(error)));
        }),
      );
    }
    this.drained = Promise.all(drains);
    this.loopsEnded = Promise.all(ends);
  }
}
