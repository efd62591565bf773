import { type Clock, SluiceError } from '@sluice/connector-sdk';
import type { Barrier, StreamObserver } from '../stream/element.js';
import type { Alarm, Task } from '../stream/operator.js';
import { ActionQueue } from './action-queue.js';
import { Asides } from './asides.js';
import { enterTask, leaveTask } from './current-task.js';
import { IdleWait } from './idle-wait.js';
import type { Pace } from './pace.js';
import { type LoopSource, SourceSet, type WavePositions } from './source-set.js';

interface WaveRequest {
  readonly barrier: Barrier;
  resolve(positions: WavePositions): void;
  reject(cause: unknown): void;
}

/** A timer takes the time of so many elements, or more. */
const ELEMENTS_PER_TIMER = 16;

/**
 * Runs one connected graph. Everything inside is a synchronous call; between two elements the loop looks at what else is wanted:
 * failures, unfinished timers, asynchronous results, alarms, checkpoints, pressure, its slice of time.
 */
export class LocalLoop implements Task {
  private readonly attention = { wanted: false };
  private readonly sources: SourceSet;
  private readonly alarms: Alarm[] = [];
  private readonly steps: (() => boolean)[] = [];
  private readonly wakes = new Set<() => void>();
  private readonly waves: WaveRequest[] = [];
  private readonly asides: Asides;
  private readonly idle: IdleWait;
  private readonly entered = new ActionQueue();
  /** How often operators have asked whether the slice is over since the clock was last looked at. */
  private asked = 0;
  private fullCount = 0;
  private inside = false;
  private held = false;
  private stopping = false;
  private failure: { readonly error: unknown } | undefined;
  private openEnds = 0;
  private onDrained: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly pace: Pace,
    private readonly options: {
      lastCheckpoint(): number | undefined;
      sideOutput(target: object, value: unknown, timestamp: number): void;
      /** A stream subscribed while this task is processing is a mistake; not so in place, where any stock operator may do it. */
      readonly nestedStreams: boolean;
    },
  ) {
    this.asides = new Asides(pace);
    this.idle = new IdleWait(clock);
    this.sources = new SourceSet(this.attention, pace, options.sideOutput, () => this.signal());
  }

  /** Elements given out by all sources. */
  get elements(): number {
    return this.sources.count.elements;
  }

  // ── what operators ask for ───────────────────────────────────────────────

  sliceOver(): boolean {
    if (++this.asked < this.pace.stride / ELEMENTS_PER_TIMER) return false;
    this.asked = 0;
    return this.pace.over();
  }

  unfinished(step: () => boolean): void {
    this.steps.push(step);
    this.signal();
  }

  full(until: Promise<void>): void {
    this.fullCount++;
    this.signal();
    until.then(
      () => {
        this.fullCount--;
        this.signal();
      },
      (error) => {
        this.fullCount--;
        this.fail(error);
      },
    );
  }

  /** No element is given out: somebody is full, or the loop is held. */
  get heldBack(): boolean {
    return this.fullCount > 0 || this.held;
  }

  wake(drain: () => void): void {
    this.wakes.add(drain);
    this.signal();
  }

  alarm(alarm: Alarm): void {
    this.alarms.push(alarm);
    this.signal();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.signal();
  }

  lastCheckpoint(): number | undefined {
    return this.options.lastCheckpoint();
  }

  /** An end of the graph that will see the final watermark. */
  expectEnd(): void {
    this.openEnds++;
  }

  /** The final watermark has arrived at an end of the graph. */
  endReached(): void {
    this.openEnds--;
    this.signal();
  }

  // ── what the job asks for ────────────────────────────────────────────────

  addSource(source: LoopSource): void {
    this.sources.add(source);
  }

  /** All sources have been added. */
  noMoreSources(): void {
    this.sources.complete = true;
    this.signal();
  }

  /** Resolves when the barrier has passed the whole graph. */
  wave(barrier: Barrier): Promise<WavePositions> {
    return new Promise((resolve, reject) => {
      this.waves.push({ barrier, resolve, reject });
      this.signal();
    });
  }

  /** Work that is done in small slices beside the stream until it answers true. */
  aside(work: (stop: () => boolean) => boolean): Promise<void> {
    const done = this.asides.add(work);
    this.signal();
    return done;
  }

  /** No further element is given out; barriers and asynchronous results still pass. */
  hold(): void {
    this.held = true;
    this.signal();
  }

  /** Elements are given out again. */
  release(): void {
    this.held = false;
    this.signal();
  }

  /** The input is to be taken as ended here. */
  endInput(): void {
    this.sources.endInput();
    this.signal();
  }

  stop(): void {
    this.stopping = true;
    this.signal();
  }

  /** Something from outside: done at once when the graph is at rest, else between two elements, in order. */
  enter(action: () => void): void {
    if (this.atRest()) {
      this.within(action);
      this.letIn();
      this.rearm();
    } else {
      this.entered.add(action);
      this.signal();
    }
  }

  /** An element from outside; as `enter`, and nothing is allocated when the graph is at rest. */
  give(input: StreamObserver<unknown>, value: unknown): void {
    if (!this.atRest()) {
      this.enter(() => input.next(value, Number.NaN));
      return;
    }
    this.inside = true;
    const before = this.options.nestedStreams ? undefined : enterTask(this);
    try {
      input.next(value, Number.NaN);
    } catch (error) {
      this.fail(error);
    } finally {
      if (!this.options.nestedStreams) leaveTask(before);
      this.inside = false;
    }
    if (this.waiting > 0) this.letIn();
    this.rearm();
  }

  /** Actions that wait to enter. */
  get waiting(): number {
    return this.entered.length;
  }

  signal(): void {
    this.attention.wanted = true;
    this.idle.end();
  }

  get hasFailed(): boolean {
    return this.failure !== undefined;
  }

  get failed(): unknown {
    return this.failure?.error;
  }

  /** Runs until `stop`; `onDrained` is called once when all input has ended and everything has arrived at the ends. */
  async run(onDrained: () => void): Promise<void> {
    this.onDrained = onDrained;
    this.pace.begin();
    for (;;) {
      if (this.failure !== undefined) throw this.failure.error;
      if (this.stopping) return;
      const busy = this.turn();
      if (this.failure !== undefined) continue;
      if (this.asides.pending) this.asides.step();
      const more = busy || this.asides.pending || this.attention.wanted;
      if (!more) await this.idle.until(this.nextAlarm());
      // A source with its next batch at hand ends each wait at once: still timers and I/O must get their turn.
      if (!more && !this.pace.over()) continue;
      await this.pace.pause();
      this.pace.begin();
    }
  }

  // ── the loop ─────────────────────────────────────────────────────────────

  /** One slice. Answers true when there is more to do right away. */
  private turn(): boolean {
    for (;;) {
      this.attention.wanted = false;
      if (!this.betweenElements()) return true;
      if (this.stopping || this.failure !== undefined) return true;
      if (this.sources.holdBack(this.heldBack)) return false;
      const chosen = this.sources.choose((tell) => this.within(tell));
      if (chosen === undefined) return this.endSources();
      this.within(() => this.sources.giveOut(chosen));
      if (this.pace.over()) return true;
    }
  }

  /** Answers false when the slice was over before everything between two elements was done. */
  private betweenElements(): boolean {
    for (;;) {
      if (this.failure !== undefined) return true;
      if (this.steps.length > 0) {
        if (!this.runSteps()) return false;
        continue;
      }
      if (this.wakes.size > 0) {
        for (const drain of this.wakes) {
          this.wakes.delete(drain);
          this.within(drain);
          break;
        }
        continue;
      }
      if (this.ringAlarms()) continue;
      const wave = this.waves.shift();
      if (wave !== undefined) {
        this.passBarrier(wave);
        continue;
      }
      if (this.waiting > 0 && !this.heldBack) {
        this.within(this.entered.take());
        if (this.pace.over()) return false;
        continue;
      }
      return true;
    }
  }

  private runSteps(): boolean {
    const step = this.steps[0];
    if (step === undefined) return true;
    let done = true;
    this.within(() => {
      done = step();
    });
    if (done) this.steps.splice(this.steps.indexOf(step), 1);
    else if (this.pace.over()) return false;
    return true;
  }

  /** Rings what is due. Answers true when an alarm left work behind or made some. */
  private ringAlarms(): boolean {
    if (this.alarms.length === 0) return false;
    const now = this.clock.now();
    for (const alarm of this.alarms) {
      if (alarm.at() > now) continue;
      this.within(() => {
        if (!alarm.ring(now)) this.unfinished(() => alarm.ring(now));
      });
      if (this.steps.length > 0 || this.wakes.size > 0 || this.failure !== undefined) return true;
    }
    return false;
  }

  /** One synchronous wave: the barrier goes into all sources with no element between. */
  private passBarrier({ barrier, resolve, reject }: WaveRequest): void {
    let positions: WavePositions = new Map();
    this.within(() => {
      positions = this.sources.positions();
      this.sources.barrier(barrier);
    });
    if (this.failure === undefined) resolve(positions);
    else reject(this.failure.error);
  }

  /** Sends the final watermark for sources that have ended. Answers true when that made work. */
  private endSources(): boolean {
    let ended = false;
    this.within(() => {
      ended = this.sources.endNext();
    });
    if (!ended) this.checkDrained();
    return ended;
  }

  private checkDrained(): void {
    if (this.openEnds > 0 || this.steps.length > 0 || this.wakes.size > 0 || this.waiting > 0) return;
    if (!this.sources.allEnded) return;
    const drained = this.onDrained;
    this.onDrained = undefined;
    drained?.();
  }

  private atRest(): boolean {
    return this.waiting === 0 && this.open();
  }

  /** Something may enter now. */
  private open(): boolean {
    return !this.inside && this.failure === undefined && this.steps.length === 0 && !this.heldBack && !this.stopping;
  }

  /** What a handler has sent back into the graph comes behind what it was handling, in the same call. */
  private letIn(): void {
    while (this.waiting > 0 && this.open()) this.within(this.entered.take());
  }

  /** Calls into the graph. What is thrown there fails the run. */
  private within(action: () => void): void {
    const outer = this.inside;
    this.inside = true;
    const before = this.options.nestedStreams ? undefined : enterTask(this);
    try {
      action();
    } catch (error) {
      this.fail(error);
    } finally {
      if (!this.options.nestedStreams) leaveTask(before);
      this.inside = outer;
    }
  }

  /** What came in while the loop sleeps may have set an alarm before its waking. */
  private rearm(): void {
    if (this.alarms.length > 0 && this.idle.outlasts(this.nextAlarm())) this.signal();
  }

  private nextAlarm(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const alarm of this.alarms) at = Math.min(at, alarm.at());
    return at;
  }
}

/** A subscription to a DataStream from inside a task: its watermarks and barriers would be lost. */
export function nestedStream(): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NESTED_STREAM',
    component: 'DataStream',
    expected: 'streams combined by operators of this package',
    actual: 'a stream subscribed while a task of a job was processing, so its watermarks and barriers would be lost',
    remedy: 'use union, processWith or a join instead of a stock operator that subscribes to streams',
  });
}
