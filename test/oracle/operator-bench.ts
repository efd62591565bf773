import type { CapturedState, PreparedSink } from '../../packages/core/src/stream/barrier.js';
import type { Barrier, StreamObserver } from '../../packages/core/src/stream/element.js';
import type { Alarm, OperatorContext, Task } from '../../packages/core/src/stream/operator.js';
import type { SourceSplits } from '../../packages/core/src/stream/splits.js';
import { Alignment } from '../../packages/core/src/time/alignment.js';

/** What came out of an operator, in order. */
export type Output =
  | { readonly type: 'next'; readonly value: unknown; readonly timestamp: number }
  | { readonly type: 'side'; readonly target: object; readonly value: unknown; readonly timestamp: number }
  | { readonly type: 'watermark'; readonly timestamp: number }
  | { readonly type: 'barrier'; readonly checkpoint: number }
  | { readonly type: 'status'; readonly idle: boolean }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'complete' };

export interface BenchOptions {
  readonly restored?: Uint8Array | undefined;
  readonly now?: number;
  /** Calls of `sliceOver` until it answers true. */
  readonly slice?: number;
  readonly splits?: SourceSplits;
}

/** What the loop is to an operator, by hand: a task, a clock that moves by call, and a recorder of all that comes out. */
export class OperatorBench {
  readonly outputs: Output[] = [];
  readonly counters = new Map<string, number>();
  readonly context: OperatorContext;
  readonly inputKey = { key: undefined as unknown };
  readonly out: StreamObserver<unknown> = this.recorder();
  now: number;
  private readonly alarms: Alarm[] = [];
  private steps: (() => boolean)[] = [];
  private checkpoints = 0;
  private calls = 0;

  constructor(options: BenchOptions = {}) {
    this.now = options.now ?? 0;
    const { slice = Number.POSITIVE_INFINITY } = options;
    const task: Task = {
      sliceOver: () => ++this.calls % slice === 0,
      unfinished: (step) => {
        this.steps.push(step);
      },
      full() {},
      wake: (drain) => drain(),
      alarm: (alarm) => {
        this.alarms.push(alarm);
      },
      fail(error) {
        throw error;
      },
      enter: (action) => action(),
      lastCheckpoint: () => undefined,
    };
    this.context = {
      uid: 'operator',
      name: 'operator',
      task,
      clock: { now: () => this.now, sleep: () => Promise.reject(new Error('nothing sleeps here')) },
      logger: { debug() {}, info() {}, warn() {}, error() {} },
      metrics: {
        counter: (name) => ({ add: (delta = 1) => this.counters.set(name, (this.counters.get(name) ?? 0) + delta) }),
        gauge() {},
        histogram: () => ({ record() {} }),
      },
      maxParallelism: 128,
      restored: options.restored,
      inputKey: this.inputKey,
      outputKey: { key: undefined },
      alignment: new Alignment(),
      splits: options.splits ?? { current: 0, known: true, ids: [], watermarks: [], ended: undefined },
      sideOutput: (target) => (value, timestamp) => {
        this.outputs.push({ type: 'side', target, value, timestamp });
      },
      watchInputs() {},
      onClose() {},
    };
  }

  /** An output of its own: a window operator has several. */
  recorder(outputs: Output[] = this.outputs): StreamObserver<unknown> {
    return {
      next: (value, timestamp) => void outputs.push({ type: 'next', value, timestamp }),
      watermark: (timestamp) => void outputs.push({ type: 'watermark', timestamp }),
      barrier: ({ checkpoint }) => void outputs.push({ type: 'barrier', checkpoint }),
      status: (idle) => void outputs.push({ type: 'status', idle }),
      error: (error) => void outputs.push({ type: 'error', error }),
      complete: () => void outputs.push({ type: 'complete' }),
    };
  }

  /** Everything since the last call. */
  take(): Output[] {
    return this.outputs.splice(0);
  }

  /** The values since the last call, each with its timestamp. */
  takeValues(): (readonly [unknown, number])[] {
    return this.take().flatMap((output) => (output.type === 'next' ? [[output.value, output.timestamp] as const] : []));
  }

  /** Runs unfinished work to its end, as the loop does before it gives anything else. Answers how many slices it took. */
  finish(): number {
    let slices = 0;
    while (this.steps.length > 0) {
      const [step] = this.steps as [() => boolean];
      if (step()) this.steps.shift();
      slices++;
    }
    return slices;
  }

  /** Moves the clock and rings what is due, as the loop does between elements. */
  advanceClock(now: number): void {
    this.now = now;
    for (const alarm of this.alarms) while (alarm.at() <= now) if (alarm.ring(now)) break;
  }

  /** Sends a barrier through and answers the bytes of what the operator captured. */
  snapshot(input: StreamObserver<never>): Uint8Array {
    return this.capture(input)();
  }

  /** Sends a barrier through; the state is encoded when the answer is called. */
  capture(...inputs: readonly StreamObserver<never>[]): () => Uint8Array {
    const captured: CapturedState[] = [];
    const barrier: Barrier = {
      checkpoint: ++this.checkpoints,
      capture: (state) => void captured.push(state),
      prepare(_sink: PreparedSink) {},
    };
    for (const input of inputs) input.barrier(barrier);
    return () => {
      const chunks: Uint8Array[] = [];
      for (const state of captured)
        while (
          !state.encode(
            (chunk) => void chunks.push(chunk.slice()),
            () => true,
          )
        );
      return Buffer.concat(chunks);
    };
  }
}
