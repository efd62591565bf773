import { type Clock, type Logger, type Metrics, SluiceError } from '@sluice/connector-sdk';
import { buildGraph } from '../graph/graph.js';
import type { StreamNode } from '../graph/node.js';
import { validateGraph } from '../graph/validate.js';
import { type InspectedStore, watchStores } from '../state/opened-stores.js';
import type { StreamObserver } from '../stream/element.js';
import type { Alarm, Task } from '../stream/operator.js';
import { Alignment } from '../time/alignment.js';
import { ActionQueue } from './action-queue.js';
import { enterTask, leaveTask } from './current-task.js';
import { instantiate } from './instantiate.js';
import { oneSplit } from './source-port.js';

/** What surrounds the operators on a bench. */
export interface BenchOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly maxParallelism: number;
  /** What the operator with this uid captured at the checkpoint to begin from. */
  restored(uid: string): Uint8Array | undefined;
  /** Takes what comes out at the end. */
  readonly end: StreamObserver<unknown>;
  /** Takes what is sent to a side output that the stream does not read itself. */
  sideOutput(target: object, value: unknown, timestamp: number): void;
}

/**
 * Runs a stream by hand: whoever feeds it calls, and everything that comes of that has happened when the call returns, timers and
 * unfinished work included. Nothing goes on by itself but what promises bring.
 */
export class Bench implements Task {
  /** The keyed state of the operators. */
  readonly stores: readonly InspectedStore[];
  private readonly entries: ReadonlyMap<StreamNode, StreamObserver<unknown>>;
  private readonly steps: (() => boolean)[] = [];
  private readonly wakes = new Set<() => void>();
  private readonly alarms: Alarm[] = [];
  private readonly queued = new ActionQueue();
  private readonly closes: (() => void)[] = [];
  private fullCount = 0;
  private inside = false;
  private failure: { readonly error: unknown } | undefined;

  constructor(
    end: StreamNode,
    private readonly options: BenchOptions,
  ) {
    const graph = buildGraph([end]);
    for (const { role, kind } of graph.nodes) {
      if (role.type === 'source' || role.type === 'observable' || role.type === 'sink') throw notFed(kind);
    }
    validateGraph(graph, { checkpointed: true, inJob: false, uids: 'derived' });
    const { clock, logger, metrics, maxParallelism } = options;
    const stores: InspectedStore[] = [];
    const instance = watchStores(
      (store) => stores.push(store),
      () =>
        instantiate(graph, graph.nodes, new Set([end]), {
          task: this,
          clock,
          logger,
          metrics,
          maxParallelism,
          alignment: new Alignment(),
          checkpointed: true,
          restored: (uid) => options.restored(uid),
          splits: () => oneSplit(),
          watchInputs: () => {},
          onClose: (close) => this.closes.push(close),
          end: () => options.end,
          unclaimed: (target, value, timestamp) => options.sideOutput(target, value, timestamp),
        }),
    );
    this.stores = stores;
    this.entries = instance.entries;
    this.within(() => {});
    this.rest();
  }

  /** Where the elements of a fed stream go in; `undefined` when the stream under test does not use it. */
  input(node: StreamNode): StreamObserver<unknown> | undefined {
    return this.entries.get(node);
  }

  /** Feeds something; throws what fails the run. While an operator is full it waits, in order. */
  feed(action: () => void): void {
    this.requireHealth();
    if (this.fullCount > 0 || this.queued.length > 0) {
      this.queued.add(action);
      return;
    }
    this.within(action);
    this.rest();
    this.requireHealth();
  }

  /** As `feed`, and it does not wait: barriers pass also when somebody is full. */
  pass(action: () => void): void {
    this.requireHealth();
    this.within(action);
    this.rest();
    this.requireHealth();
  }

  /** When the next alarm is due; `Infinity` for none. */
  get nextAlarm(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const alarm of this.alarms) at = Math.min(at, alarm.at());
    return at;
  }

  /** What has been fed and waits for an operator that is full. */
  get waiting(): number {
    return this.queued.length;
  }

  /** Throws what has failed the run. */
  requireHealth(): void {
    if (this.failure !== undefined) throw this.failure.error;
  }

  close(): void {
    for (const close of this.closes.splice(0)) close();
  }

  // ── what operators ask for ───────────────────────────────────────────────

  sliceOver(): boolean {
    return false;
  }

  unfinished(step: () => boolean): void {
    this.steps.push(step);
  }

  full(until: Promise<void>): void {
    this.fullCount++;
    const free = (): void => {
      this.fullCount--;
      this.rest();
    };
    until.then(free, (error) => {
      this.fail(error);
      free();
    });
  }

  wake(drain: () => void): void {
    this.wakes.add(drain);
    this.rest();
  }

  alarm(alarm: Alarm): void {
    this.alarms.push(alarm);
  }

  fail(error: unknown): void {
    this.failure ??= { error };
  }

  enter(action: () => void): void {
    if (this.inside) this.queued.add(action);
    else {
      this.within(action);
      this.rest();
    }
  }

  lastCheckpoint(): number | undefined {
    return undefined;
  }

  /** Does everything that is to be done now. */
  private rest(): void {
    while (!this.inside && this.failure === undefined && this.goOn());
  }

  /** Answers false when there was nothing to do. */
  private goOn(): boolean {
    const [step] = this.steps;
    if (step !== undefined) {
      let done = true;
      this.within(() => {
        done = step();
      });
      if (done) this.steps.splice(this.steps.indexOf(step), 1);
      return true;
    }
    for (const drain of this.wakes) {
      this.wakes.delete(drain);
      this.within(drain);
      return true;
    }
    const now = this.options.clock.now();
    for (const alarm of this.alarms) {
      if (alarm.at() > now) continue;
      this.within(() => {
        if (!alarm.ring(now)) this.unfinished(() => alarm.ring(now));
      });
      return true;
    }
    if (this.queued.length === 0 || this.fullCount > 0) return false;
    this.within(this.queued.take());
    return true;
  }

  private within(action: () => void): void {
    const outer = this.inside;
    this.inside = true;
    const before = enterTask(this);
    try {
      action();
    } catch (error) {
      this.fail(error);
    } finally {
      leaveTask(before);
      this.inside = outer;
    }
  }
}

function notFed(kind: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_HARNESS',
    component: 'harness',
    expected: 'a stream that is fed by the harness alone, and read by it',
    actual: `a '${kind}' in it`,
    remedy: 'take every input as a parameter of the function, and leave sinks to drive()',
  });
}
