import type { Clock } from '@sluice/connector-sdk';
import { from, type ObservableInput, Subject, type Subscriber, takeUntil } from 'rxjs';
import { buildGraph, type Graph } from '../graph/graph.js';
import { leadingSources } from '../graph/leading-sources.js';
import type { StreamNode } from '../graph/node.js';
import { sourceBefore } from '../graph/source-before.js';
import { validateGraph } from '../graph/validate.js';
import type { StreamObserver } from '../stream/element.js';
import { Alignment } from '../time/alignment.js';
import { BarrierCollector } from './barrier-collector.js';
import { countingMetrics } from './counting-metrics.js';
import { currentTask } from './current-task.js';
import { instantiate } from './instantiate.js';
import { LocalLoop, nestedStream } from './local-loop.js';
import { overflown } from './observable-source.js';
import { unhurriedPace } from './pace.js';
import { pluginContext, type RunIdentity, silentLogger } from './plugin-context.js';
import { openSink, type RunningSink } from './sink-runtime.js';
import { loopSplits, oneSplit } from './source-port.js';
import { type RunningSource, startSource } from './source-runtime.js';
import { systemClock } from './system-clock.js';

/** Streams that are fed go by the clock of their feed. */
function clockOf(graph: Graph): Clock {
  for (const { role } of graph.nodes) if (role.type === 'feed') return role.clock;
  return systemClock;
}

/**
 * Runs a stream for one plain subscriber, without a job: the same operators, no checkpoints. What an Observable pushes goes through in
 * the same call, as with stock operators. Answers how to stop.
 */
export function runInPlace(end: StreamNode, subscriber: Subscriber<unknown>): () => void {
  const task = currentTask();
  if (task !== undefined) {
    const error = nestedStream();
    task.fail(error);
    throw error;
  }
  const graph = buildGraph([end]);
  validateGraph(graph, { checkpointed: false, inJob: false, uids: 'derived' });
  const run = new InPlaceRun(graph, end, subscriber);
  subscriber.add(() => run.stop());
  run.start();
  return () => run.stop();
}

class InPlaceRun {
  private readonly aborter = new AbortController();
  private readonly clock: Clock;
  private readonly loop: LocalLoop;
  private readonly sinks = new Map<StreamNode, RunningSink>();
  private readonly sources: RunningSource[] = [];
  private readonly alignment = new Alignment();
  private readonly closes: (() => void)[] = [];
  private readonly identity: RunIdentity;
  private readonly splits = new Map<StreamNode, ReturnType<typeof loopSplits>>();
  private entries: ReadonlyMap<StreamNode, StreamObserver<unknown>> = new Map();
  private sideOutput: (target: object, value: unknown, timestamp: number) => void = () => {};
  private stopped = false;
  /** Ends inputs also while they are being subscribed: one that emits without end in that call has to be stopped from within it. */
  private readonly stops = new Subject<void>();

  constructor(
    private readonly graph: Graph,
    private readonly end: StreamNode,
    private readonly subscriber: Subscriber<unknown>,
  ) {
    this.clock = clockOf(graph);
    this.loop = new LocalLoop(this.clock, unhurriedPace(), {
      lastCheckpoint: () => undefined,
      sideOutput: (target, value, timestamp) => this.sideOutput(target, value, timestamp),
      nestedStreams: true,
    });
    this.identity = {
      job: 'in-place',
      epoch: 1,
      incarnation: globalThis.crypto.randomUUID(),
      durable: false,
      signal: this.aborter.signal,
      logger: silentLogger,
      metrics: countingMetrics(),
      clock: this.clock,
      // Nobody watches a stream that is run in place.
      reported: () => {},
    };
  }

  start(): void {
    const waits = this.graph.nodes.some(({ role }) => role.type === 'source' || role.type === 'sink');
    if (waits) void this.open().catch((error) => this.fail(error));
    else this.begin();
  }

  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.stops.next();
    this.loop.stop();
    this.aborter.abort();
    for (const close of this.closes) close();
    void Promise.allSettled([...this.sources, ...this.sinks.values()].map((opened) => opened.close()));
  }

  private async open(): Promise<void> {
    for (const node of this.graph.nodes) {
      if (node.role.type !== 'sink') continue;
      const context = pluginContext(this.identity, this.graph.uidOf(node));
      await node.role.sink.check?.(context);
      const sink = await openSink(node.role.sink, {
        context,
        ...this.sinkHooks(node.role.rejected),
        restored: undefined,
      });
      this.sinks.set(node, sink);
      await sink.recover([]);
    }
    if (this.stopped) return;
    this.begin();
    const leading = leadingSources(this.graph);
    for (const [node, input] of this.entries) {
      if (node.role.type !== 'source') continue;
      const context = pluginContext(this.identity, this.graph.uidOf(node));
      const { source, discoveryInterval } = node.role;
      const splits = this.splitsOf(node);
      this.sources.push(
        await startSource({
          source,
          context,
          discoveryInterval,
          restored: [],
          leads: leading.has(node),
          splits,
          input,
          loop: this.loop,
        }),
      );
    }
    this.loop.noMoreSources();
  }

  private sinkHooks(target: object | undefined) {
    return {
      rejects: {
        emit: target && ((rejected: unknown) => this.sideOutput(target, rejected, Number.NaN)),
        fail: (cause: unknown) => this.loop.fail(cause),
      },
      requestCheckpoint: (): void => void this.commit().catch((error) => this.fail(error)),
    };
  }

  private begin(): void {
    const instance = instantiate(this.graph, this.graph.nodes, new Set([this.end]), {
      task: this.loop,
      clock: this.clock,
      logger: silentLogger,
      metrics: this.identity.metrics,
      maxParallelism: 128,
      alignment: this.alignment,
      checkpointed: false,
      restored: () => undefined,
      splits: (node) => this.splitsBefore(node),
      // Nobody watches a stream that is run in place.
      watchInputs: () => {},
      onClose: (close) => this.closes.push(close),
      end: (node, _uid, out) => this.endOf(node, out),
    });
    this.entries = instance.entries;
    this.sideOutput = instance.sideOutput;
    void this.loop.run(() => this.finish()).catch((error) => this.fail(error));
    for (const [node, input] of this.entries) this.connect(node, input);
    if (![...this.entries.keys()].some((node) => node.role.type === 'source')) this.loop.noMoreSources();
  }

  private endOf(node: StreamNode, out: StreamObserver<unknown>): StreamObserver<unknown> {
    this.loop.expectEnd();
    const sink = this.sinks.get(node);
    if (sink !== undefined) return sink.input(this.loop, out);
    const { subscriber, loop } = this;
    return {
      next: (value) => subscriber.next(value),
      watermark(timestamp) {
        if (timestamp !== Number.POSITIVE_INFINITY) return;
        loop.endReached();
        subscriber.complete();
      },
      barrier() {},
      status() {},
      error: (error) => subscriber.error(error),
      complete() {},
    };
  }

  private connect(node: StreamNode, input: StreamObserver<unknown>): void {
    const { role } = node;
    if (role.type === 'feed') role.connect(this.fed(input));
    if (role.type !== 'observable') return;
    const { loop } = this;
    const input$ = from(role.input as ObservableInput<unknown>).pipe(takeUntil(this.stops));
    const subscription = input$.subscribe({
      next: (value) => {
        if (loop.waiting >= role.buffer) loop.fail(overflown(role.buffer));
        loop.give(input, value);
        this.passFailure();
      },
      error: (error) => this.fail(error),
      complete: () => {
        if (this.stopped) return;
        loop.enter(() => input.watermark(Number.POSITIVE_INFINITY));
        this.passFailure();
      },
    });
    this.closes.push(() => subscription.unsubscribe());
    if (this.stopped) subscription.unsubscribe();
  }

  /** What is fed enters as everything from outside does. */
  private fed(input: StreamObserver<unknown>): StreamObserver<unknown> {
    const enter = (action: () => void): void => {
      if (this.stopped) return;
      this.loop.enter(action);
      this.passFailure();
    };
    return {
      next: (value, timestamp) => enter(() => input.next(value, timestamp)),
      watermark: (timestamp) => enter(() => input.watermark(timestamp)),
      barrier: (barrier) => enter(() => input.barrier(barrier)),
      status: (idle) => enter(() => input.status(idle)),
      error: (error) => this.fail(error),
      complete: () => enter(() => input.watermark(Number.POSITIVE_INFINITY)),
    };
  }

  /** All input has ended and everything has arrived: what sinks hold becomes visible. */
  private finish(): void {
    void this.commitAll().then(
      () => {
        this.subscriber.complete();
        this.stop();
      },
      (error) => this.fail(error),
    );
  }

  /** What sinks reject while they are flushed needs one more. */
  private async commitAll(): Promise<void> {
    do await this.commit();
    while ([...this.sinks.values()].some((sink) => sink.rejectedBehindBarrier));
  }

  private async commit(): Promise<void> {
    if (this.sinks.size === 0) return;
    const collector = new BarrierCollector(1);
    await this.loop.wave(collector);
    for (const sink of collector.sinks) await sink.commit(await sink.prepared);
  }

  private passFailure(): void {
    if (this.loop.hasFailed) this.fail(this.loop.failed);
  }

  private fail(error: unknown): void {
    if (this.stopped) return;
    this.subscriber.error(error);
    this.stop();
  }

  private splitsOf(node: StreamNode): ReturnType<typeof loopSplits> {
    const known = this.splits.get(node);
    if (known !== undefined) return known;
    const made = node.role.type === 'source' ? loopSplits() : oneSplit();
    this.splits.set(node, made);
    return made;
  }

  private splitsBefore(node: StreamNode): ReturnType<typeof loopSplits> {
    const source = sourceBefore(this.graph, node);
    return source === undefined ? oneSplit() : this.splitsOf(source);
  }
}
