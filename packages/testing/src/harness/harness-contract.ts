import type { Duration } from '@sluice/connector-sdk';
import type { SideOutput } from '@sluice/core';
import type { VirtualClock } from '../clock/virtual-clock.js';
import type { HarnessElement, HarnessOutput } from './harness-output.js';
import type { HarnessSnapshot } from './harness-snapshot.js';

/** One input of what is under test. Everything that comes of a call has happened when it returns; what it throws, the call throws. */
export interface HarnessInput<T> {
  /** @param timestamp event time in epoch milliseconds; none when left out */
  element(value: T, timestamp?: number): void;
  /** No more elements at or before this event time come from this input. */
  watermark(timestamp: number): void;
  /** It has gone quiet: until it is active again it does not hold the watermark back. */
  idle(): void;
  /** It is not idle any more. */
  active(): void;
  /** A barrier on this input alone: the others need theirs before anything else comes. */
  barrier(checkpoint: number): void;
  /** Its last watermark, +∞. */
  end(): void;
}

/** A timer that is set. */
export interface HarnessTimer {
  readonly uid: string;
  readonly key: unknown;
  readonly domain: 'event' | 'processing';
  readonly time: number;
}

/** What an operator keeps for one key. */
export interface HarnessState {
  readonly uid: string;
  readonly key: unknown;
  /** By name: the value of a value, reducing or aggregating state, the array of a list, the Map of a map; `windows` of a window operator. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** Operators under test, driven by hand. */
export interface Harness<Inputs extends readonly unknown[], R> extends HarnessInput<Inputs[0]> {
  /** One for each parameter of the function under test. The harness's own `element` is that of the first, its other signals go to all. */
  readonly inputs: { readonly [P in keyof Inputs]: HarnessInput<Inputs[P]> };
  /** The only time there is. */
  readonly clock: VirtualClock;
  /** Everything that came out since the last `take`, in order: elements, watermarks, barriers, idleness. */
  readonly output: readonly HarnessOutput<R>[];
  /** The highest watermark that came out. */
  readonly currentWatermark: number;
  /** What came out since the last `take`, and forgets it. */
  take(): readonly HarnessOutput<R>[];
  /** The elements alone that came out since the last `take`, and forgets the rest. */
  takeValues(): readonly R[];
  /** What was sent to a side output. */
  sideOutput<V>(output: SideOutput<V>): readonly HarnessElement<V>[];
  /** How far a counter of the operators has come, `late_elements_dropped` for example. */
  counter(name: string): number;
  /** What is kept, by operator and key. */
  state(): readonly HarnessState[];
  /** What one key has, of the only operator that keeps something or of the one with this uid; `undefined` for nothing. */
  stateOf(key: unknown, uid?: string): Readonly<Record<string, unknown>> | undefined;
  /** Timers that are set, in order of time. */
  timers(domain?: 'event' | 'processing'): readonly HarnessTimer[];
  /** Lets processing time pass: timers fire one after the other, each at its time. Whoever waits for a promise goes on in `settle`. */
  advanceTime(duration: Duration): void;
  /** Lets promises (of `asyncMap`) do what they can, while up to this much time passes; none when left out. */
  settle(duration?: Duration): Promise<void>;
  /** Sends a barrier through all inputs, and answers what the operators keep. */
  snapshot(): HarnessSnapshot;
  /** The same operators in a new harness, built anew, with what was kept; the clock goes on from where it is. */
  restore(snapshot: HarnessSnapshot): Harness<Inputs, R>;
}

export interface HarnessOptions {
  /** Epoch milliseconds at which the clock stands at first; 0 when left out. */
  readonly start?: number;
  /** What to begin from. */
  readonly restore?: HarnessSnapshot;
  /** Key groups; 128 when left out. */
  readonly maxParallelism?: number;
}
