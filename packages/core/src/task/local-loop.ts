import { type Clock, SluiceError } from '@sluice/connector-sdk';
import type { Barrier, StreamObserver } from '../stream/element.js';
import type { Alarm, Task } from '../stream/operator.js';
import { enterTask, leaveTask } from './current-task.js';
import type { Pace } from './pace.js';
import { createGiveOut, type GiveOut, type LoopSplits } from './source-port.js';
import type { SplitPosition, SplitReader } from './split-reader.js';

/** A source inside a running graph. */
export interface LoopSource {
  readonly uid: string;
  readonly input: StreamObserver<unknown>;
  readonly splits: LoopSplits;
  readonly readers: SplitReader[];
  /** Bounded and replayable: what it has not given yet comes at once. */
  readonly isLog: boolean;
  /** No further split will be discovered. */
  complete: boolean;
}

/** Positions of all splits at a barrier, by the uid of their source. */
export type WavePositions = ReadonlyMap<string, readonly SplitPosition[]>;

interface WaveRequest {
  readonly barrier: Barrier;
  resolve(positions: WavePositions): void;
  reject(cause: unknown): void;
}

interface SourceEntry {
  readonly source: LoopSource;
  readonly giveOut: GiveOut;
  ended: boolean;
}

interface Choice {
  readonly entry: SourceEntry;
  readonly reader: SplitReader;
}

/**
 * Runs one connected graph. Everything inside is a synchronous call; between two elements the loop looks at what else is wanted:
 * failures, unfinished timers, asynchronous results, alarms, checkpoints, pressure, its slice of time.
 */
export class LocalLoop implements Task {
  /** Elements given out by all sources. */
  readonly count = { elements: 0 };
  private readonly attention = { wanted: false };
  private readonly sources: SourceEntry[] = [];
  private readonly alarms: Alarm[] = [];
  private readonly steps: (() => boolean)[] = [];
  private readonly wakes = new Set<() => void>();
  private readonly waves: WaveRequest[] = [];
  private readonly asides = new Set<() => boolean>();
  private entered: (() => void)[] = [];
  private enteredHead = 0;
  /** When the sleep that the loop is in ends. */
  private idleUntil = Number.NEGATIVE_INFINITY;
  private fullCount = 0;
  private served = 0;
  private inside = false;
  private held = false;
  private heldBack = false;
  private stopping = false;
  private failure: { readonly error: unknown } | undefined;
  private openEnds = 0;
  private sourcesKnown = false;
  private wakeUp: (() => void) | undefined;
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
  ) {}

  // ── what operators ask for ───────────────────────────────────────────────

  sliceOver(): boolean {
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
    const giveOut = createGiveOut(source.input, this.attention, this.pace, this.options.sideOutput);
    this.sources.push({ source, giveOut, ended: false });
  }

  /** All sources have been added. */
  noMoreSources(): void {
    this.sourcesKnown = true;
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
    return new Promise((resolve, reject) => {
      const step = (): boolean => {
        try {
          if (!work(() => this.pace.asideOver())) return false;
        } catch (error) {
          reject(error);
          return true;
        }
        resolve();
        return true;
      };
      this.asides.add(step);
      this.signal();
    });
  }

  /** No further element is given out; barriers and asynchronous results still pass. */
  hold(): void {
    this.held = true;
    this.signal();
  }

  /** The input is to be taken as ended here. */
  endInput(): void {
    for (const { source } of this.sources) {
      source.complete = true;
      for (const reader of source.readers) reader.end();
    }
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
      this.rearm();
    } else {
      this.entered.push(action);
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
    this.rearm();
  }

  /** Actions that wait to enter. */
  get waiting(): number {
    return this.entered.length - this.enteredHead;
  }

  signal(): void {
    this.attention.wanted = true;
    this.wakeUp?.();
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
    for (;;) {
      if (this.failure !== undefined) throw this.failure.error;
      if (this.stopping) return;
      this.pace.begin();
      const busy = this.turn();
      if (this.failure !== undefined) continue;
      if (this.asides.size > 0) this.stepAside();
      if (busy || this.asides.size > 0 || this.attention.wanted) await this.pace.pause();
      else await this.idle();
    }
  }

  // ── the loop ─────────────────────────────────────────────────────────────

  /** One slice. Answers true when there is more to do right away. */
  private turn(): boolean {
    for (;;) {
      this.attention.wanted = false;
      if (!this.betweenElements()) return true;
      if (this.stopping || this.failure !== undefined) return true;
      if (this.holdBack(this.fullCount > 0 || this.held)) return false;
      const chosen = this.choose();
      if (chosen === undefined) return this.endSources();
      const { entry, reader } = chosen;
      entry.source.splits.current = reader.place;
      reader.served = ++this.served;
      this.within(() => entry.giveOut(reader, this.count));
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
      if (this.waiting > 0 && this.fullCount === 0 && !this.held) {
        this.within(this.takeEntered());
        if (this.pace.over()) return false;
        continue;
      }
      return true;
    }
  }

  private takeEntered(): () => void {
    const action = this.entered[this.enteredHead] ?? nothing;
    this.entered[this.enteredHead++] = nothing;
    if (this.enteredHead === this.entered.length) {
      this.entered = [];
      this.enteredHead = 0;
    }
    return action;
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
    const positions = new Map<string, readonly SplitPosition[]>();
    this.within(() => {
      for (const { source } of this.sources) {
        positions.set(
          source.uid,
          source.readers.map((reader) => reader.snapshot()),
        );
      }
      for (const { source } of this.sources) source.input.barrier(barrier);
    });
    if (this.failure === undefined) resolve(positions);
    else reject(this.failure.error);
  }

  /** Silence while the sources are held back is not theirs: the clocks of idleness stand still. */
  private holdBack(held: boolean): boolean {
    if (held !== this.heldBack) {
      this.heldBack = held;
      for (const { source } of this.sources) source.splits.heldBack?.(held);
    }
    return held;
  }

  /**
   * The split that is furthest behind in event time, or none while the next batch of a log that is further behind than all others is
   * on its way: without that wait the splits of a log are read in turn, and drift apart.
   */
  private choose(): Choice | undefined {
    let best: Choice | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    let awaited = Number.POSITIVE_INFINITY;
    for (const entry of this.sources) {
      for (const reader of entry.source.readers) {
        const watermark = entry.source.splits.watermarks[reader.place] ?? Number.NEGATIVE_INFINITY;
        if (!reader.ready) {
          if (reader.takeEnd()) this.within(() => entry.source.splits.ended?.(reader.place));
          else if (entry.source.isLog && reader.awaited) awaited = Math.min(awaited, watermark);
          continue;
        }
        if (best === undefined || watermark < lowest || (watermark === lowest && reader.served < best.reader.served)) {
          best = { entry, reader };
          lowest = watermark;
        }
      }
    }
    return awaited < lowest ? undefined : best;
  }

  /** Sends the final watermark for sources that have ended. Answers true when that made work. */
  private endSources(): boolean {
    let ended = false;
    for (const entry of this.sources) {
      const { source } = entry;
      if (entry.ended || !source.complete || !source.readers.every((reader) => reader.finished)) continue;
      entry.ended = true;
      ended = true;
      this.within(() => source.input.watermark(Number.POSITIVE_INFINITY));
    }
    if (ended) return true;
    this.checkDrained();
    return false;
  }

  private checkDrained(): void {
    if (this.openEnds > 0 || this.steps.length > 0 || this.wakes.size > 0 || this.entered.length > 0) return;
    if (!this.sourcesKnown || !this.sources.every((entry) => entry.ended)) return;
    const drained = this.onDrained;
    this.onDrained = undefined;
    drained?.();
  }

  private stepAside(): void {
    this.pace.beginAside();
    for (const step of this.asides) {
      if (step()) this.asides.delete(step);
      if (this.pace.asideOver()) return;
    }
  }

  private atRest(): boolean {
    return (
      !this.inside &&
      this.failure === undefined &&
      this.steps.length === 0 &&
      this.waiting === 0 &&
      this.fullCount === 0 &&
      !this.held &&
      !this.stopping
    );
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
    if (this.alarms.length > 0 && this.nextAlarm() < this.idleUntil) this.signal();
  }

  private nextAlarm(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const alarm of this.alarms) at = Math.min(at, alarm.at());
    return at;
  }

  /** Waits for a signal or for the next alarm. */
  private async idle(): Promise<void> {
    const at = this.nextAlarm();
    this.idleUntil = at;
    // Between two batches of a fast source there is such a wait: an AbortController for each would be seen.
    const sleep = at < Number.POSITIVE_INFINITY ? new AbortController() : undefined;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      if (sleep !== undefined) {
        this.clock.sleep(Math.max(0, at - this.clock.now()), sleep.signal).then(resolve, () => {});
      }
    });
    this.wakeUp = undefined;
    this.idleUntil = Number.NEGATIVE_INFINITY;
    sleep?.abort();
  }
}

function nothing(): void {}

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
