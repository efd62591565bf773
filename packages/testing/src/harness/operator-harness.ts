import { isDeepStrictEqual } from 'node:util';
import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';
import { type CountingMetrics, countingMetrics, type DataStream, type SideOutput } from '@sluice/core';
import type { Observable } from 'rxjs';
import { settle } from '../clock/settle.js';
import { VirtualClock } from '../clock/virtual-clock.js';
import { fedStream, type StreamObserver } from '../marbles/engine-streams.js';
import { feedingInput } from './feeding-input.js';
import type { Harness, HarnessInput, HarnessOptions, HarnessState, HarnessTimer } from './harness-contract.js';
import { type HarnessElement, type HarnessOutput, OutputRecorder, valuesOf } from './harness-output.js';
import { CapturingBarrier, type HarnessSnapshot } from './harness-snapshot.js';
import { type Bench, nodeOf, openBench } from './open-bench.js';
import { statesOf, timersOf } from './what-is-kept.js';

/** What is under test, and how many inputs it has. */
export interface PipeUnderTest {
  readonly pipe: (...inputs: DataStream<never>[]) => Observable<unknown>;
  readonly count: number;
}

const SIDE_TARGET = Symbol.for('@sluice/core/side-target');

export class OperatorHarness implements Harness<readonly unknown[], unknown> {
  readonly clock: VirtualClock;
  readonly inputs: readonly HarnessInput<unknown>[];
  private readonly bench: Bench;
  private readonly recorder = new OutputRecorder<unknown>();
  private readonly sides = new Map<object, HarnessElement<unknown>[]>();
  private readonly metrics: CountingMetrics = countingMetrics();
  private readonly entries: StreamObserver[] = [];
  private checkpoints = 0;

  constructor(private readonly parts: PipeUnderTest & { readonly options: HarnessOptions }) {
    const { pipe, count, options } = parts;
    const { start = 0, restore, maxParallelism = 128 } = options;
    this.clock = new VirtualClock(start);
    const streams = Array.from({ length: count }, () => fedStream<never>(this.clock, () => {}));
    this.bench = openBench(pipe(...streams), {
      clock: this.clock,
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      metrics: this.metrics,
      maxParallelism,
      restored: (uid) => restore?.states.get(uid),
      end: this.recorder.observer,
      sideOutput: (target, value, timestamp) => {
        const side = this.sides.get(target);
        if (side === undefined) this.sides.set(target, [{ value, timestamp }]);
        else side.push({ value, timestamp });
      },
    });
    this.inputs = streams.map((stream, place) => feedingInput(this.bench, this.inputOf(stream, place)));
    this.bench.requireHealth();
  }

  element(value: unknown, timestamp?: number): void {
    this.inputs[0]?.element(value, timestamp);
  }

  watermark(timestamp: number): void {
    for (const input of this.inputs) input.watermark(timestamp);
  }

  idle(): void {
    for (const input of this.inputs) input.idle();
  }

  active(): void {
    for (const input of this.inputs) input.active();
  }

  barrier(checkpoint: number): void {
    for (const input of this.inputs) input.barrier(checkpoint);
  }

  end(): void {
    for (const input of this.inputs) input.end();
  }

  get output(): readonly HarnessOutput<unknown>[] {
    return this.recorder.outputs;
  }

  get currentWatermark(): number {
    return this.recorder.watermark;
  }

  take(): readonly HarnessOutput<unknown>[] {
    return this.recorder.take();
  }

  takeValues(): readonly unknown[] {
    return valuesOf(this.recorder.take());
  }

  sideOutput<V>(output: SideOutput<V>): readonly HarnessElement<V>[] {
    const target = (output as unknown as { readonly [SIDE_TARGET]: object })[SIDE_TARGET];
    return (this.sides.get(target) ?? []) as HarnessElement<V>[];
  }

  counter(name: string): number {
    return this.metrics.read().get(name) ?? 0;
  }

  state(): readonly HarnessState[] {
    return statesOf(this.bench.stores);
  }

  stateOf(key: unknown, uid?: string): Readonly<Record<string, unknown>> | undefined {
    const all = this.state().filter((one) => isDeepStrictEqual(one.key, key) && (uid === undefined || one.uid === uid));
    if (all.length > 1) {
      throw misuse(
        'the uid of one operator',
        `${all.map((one) => one.uid).join(', ')}, which all keep something`,
        'name one of them',
      );
    }
    return all[0]?.state;
  }

  timers(domain?: 'event' | 'processing'): readonly HarnessTimer[] {
    return timersOf(this.bench.stores).filter((timer) => domain === undefined || timer.domain === domain);
  }

  advanceTime(duration: Duration): void {
    const until = this.clock.now() + milliseconds(duration);
    this.bench.requireHealth();
    while (this.passNext(until)) this.bench.requireHealth();
    this.clock.goTo(until);
  }

  async settle(duration: Duration = 0): Promise<void> {
    const until = this.clock.now() + milliseconds(duration);
    await settle();
    while (this.passNext(until)) await settle();
    this.clock.goTo(until);
    await settle();
    this.bench.requireHealth();
  }

  snapshot(): HarnessSnapshot {
    if (this.bench.waiting > 0) {
      throw misuse(
        'a snapshot of everything that was fed',
        `${this.bench.waiting} signals that wait for an operator that is full`,
        'await settle() before it',
      );
    }
    const barrier = new CapturingBarrier(++this.checkpoints);
    this.bench.pass(() => {
      for (const input of this.entries) input.barrier(barrier);
    });
    return barrier.encode();
  }

  restore(snapshot: HarnessSnapshot): OperatorHarness {
    const options = { ...this.parts.options, start: this.clock.now(), restore: snapshot };
    return new OperatorHarness({ ...this.parts, options });
  }

  private inputOf(stream: DataStream<never>, place: number): StreamObserver {
    const input = this.bench.input(nodeOf(stream));
    if (input === undefined) {
      throw misuse(
        'a stream made of every parameter',
        `one that does not use parameter ${place + 1}`,
        'use it, or leave it out',
      );
    }
    this.entries.push(input);
    return input;
  }

  /** The next alarm or waking up to a time. Answers false when there is none. */
  private passNext(until: number): boolean {
    const alarm = this.bench.nextAlarm;
    if (Math.min(alarm, this.clock.next) > until) return false;
    if (alarm <= this.clock.next) this.clock.goTo(alarm);
    else this.clock.fireNext();
    this.bench.pass(() => {});
    return true;
  }
}

function misuse(expected: string, actual: string, remedy: string): SluiceError {
  return new SluiceError({ code: 'SLUICE_HARNESS', component: 'harness', expected, actual, remedy });
}
