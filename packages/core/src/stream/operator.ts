import type { ByteReader, ByteWriter, Clock, Logger, Metrics } from '@sluice/connector-sdk';
import type { Alignment } from '../time/alignment.js';
import type { InputWatermark } from '../time/watermark-delay.js';
import type { StreamObserver } from './element.js';
import type { SourceSplits } from './splits.js';

/** Where the key of the element on its way stands: written by `keyBy`, read by the operators behind it. */
export interface KeyRegister {
  key: unknown;
}

/** Something that is due at a time of the clock: processing-time timers, periodic watermarks, idleness. */
export interface Alarm {
  /** Epoch milliseconds of the next ring; `Infinity` for none. */
  at(): number;
  /** Answers false when the slice was over before all that is due had been done. */
  ring(now: number): boolean;
}

/** What an operator may ask of the loop that drives it. */
export interface Task {
  /** True when the current slice of time is used up; looks at the clock only now and then, so it may be asked often. */
  sliceOver(): boolean;
  /** The operator has work left: nothing is given to the graph until `step` has answered true. */
  unfinished(step: () => boolean): void;
  /** The operator is full: no element is given until this settles; barriers still pass. */
  full(until: Promise<void>): void;
  /** Something came from outside the loop: `drain` is called between two elements. */
  wake(drain: () => void): void;
  alarm(alarm: Alarm): void;
  /** Fails the run. Recorded here before anything unwinds, so that no operator can swallow it. */
  fail(error: unknown): void;
  /** Something comes from outside the graph: done at once when the graph is at rest, else between two elements, in order. */
  enter(action: () => void): void;
  /** The newest complete checkpoint of the job. */
  lastCheckpoint(): number | undefined;
}

/** Something that is kept in the header of an operator's checkpoint. */
export interface CheckpointPart {
  writeTo(writer: ByteWriter): void;
  restoreFrom(reader: ByteReader): void;
}

/** Given to an operator when it is made for a run. */
export interface OperatorContext {
  readonly uid: string;
  readonly name: string;
  readonly task: Task;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly maxParallelism: number;
  /** What the operator captured at the checkpoint that is being restored. */
  readonly restored: Uint8Array | undefined;
  /** States in it that the operator does not declare are dropped; refused when left out. */
  readonly dropUnknownState?: boolean | undefined;
  /** Of an operator made of another one that knows one input alone: what it keeps of its several inputs, part of the same checkpoint. */
  readonly inputs?: CheckpointPart;
  /** The key of the element being given to a keyed operator. */
  readonly inputKey: KeyRegister;
  /** Set before each emission by an operator whose output is keyed. */
  readonly outputKey: KeyRegister;
  /** The splits of the source before the operator, when only stateless operators stand between. */
  readonly splits: SourceSplits;
  /** The inputs of the run that must not drift apart. */
  readonly alignment: Alignment;
  /** Where elements for a side output go. */
  sideOutput(target: object): (value: unknown, timestamp: number) => void;
  /** Where the inputs are that neither are idle nor have ended: those that hold the others back for long are told. */
  watchInputs(active: () => readonly InputWatermark[]): void;
  /** Called when the run ends, however it ends. */
  onClose(close: () => void): void;
}

/** Makes an operator's input for one output. */
export type CreateOperator<In = unknown, Out = unknown> = (
  context: OperatorContext,
  out: StreamObserver<Out>,
) => StreamObserver<In>;
