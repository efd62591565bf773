import { ByteReader, ByteWriter, SluiceError } from '@sluice/connector-sdk';
import type { EntryCodec } from '../state/entry-codec.js';
import { KeyedStore } from '../state/keyed-store.js';
import type { Table } from '../state/table.js';
import type { CapturedState } from '../stream/barrier.js';
import type { Barrier, StreamObserver } from '../stream/element.js';
import type { CheckpointPart, OperatorContext, Task } from '../stream/operator.js';

/** What an operator with keyed state and timers does; everything else is the same for all of them. */
export interface KeyedLogic {
  /** Fires the first timer due at the watermark. Answers false when there was none. */
  fireEvent(watermark: number): boolean;
  /** Fires all timers due at the watermark, or until `stop`, which is asked after each. Answers true when nothing is due any more. */
  fireEvents?(watermark: number, stop: () => boolean): boolean;
  /** Takes the state as it is now. */
  capture(header: Uint8Array): CapturedState;
  /** Adds to the header what is not kept by key. */
  writeHeader?(writer: ByteWriter): void;
  readonly processing?: ProcessingTimers | undefined;
}

export interface ProcessingTimers {
  /** When the earliest timer is due; `Infinity` for none. */
  at(): number;
  /** Fires the first timer due now. Answers false when there was none. */
  fire(now: number): boolean;
}

const HEADER_VERSION = 1;

/**
 * The control side of an operator with keyed state: its watermark, timers fired in slices before the watermark goes on, barriers,
 * idleness, the end.
 */
export class KeyedControl {
  /** All timers up to here have fired, unless `firing`. Part of the checkpoint, so that nothing is un-late after a restore. */
  watermark = Number.NEGATIVE_INFINITY;
  /** Timers are left over from a slice. Whoever has an element nevertheless calls `settle` first. */
  firing = false;
  /** The time of the latest timer that has fired, as far as the operator says so. */
  fired = Number.NEGATIVE_INFINITY;
  private beforeEnd = Number.NEGATIVE_INFINITY;
  private readonly task: Task;
  private readonly sliceOver = (): boolean => this.task.sliceOver();
  private readonly inputs: CheckpointPart | undefined;
  private logic: KeyedLogic | undefined;
  /** The highest watermark of this run: the restored one, given again, still fires timers that were set behind it. */
  private heard = Number.NEGATIVE_INFINITY;

  constructor(
    context: OperatorContext,
    private readonly outs: readonly StreamObserver<never>[],
  ) {
    this.task = context.task;
    this.inputs = context.inputs;
  }

  /** Gives the control its operator; `header` is what the restored checkpoint has for it. */
  start(logic: KeyedLogic): void {
    this.logic = logic;
    const { processing } = logic;
    if (processing === undefined) return;
    this.task.alarm({
      at: () => processing.at(),
      ring: (now) => {
        this.settle();
        while (processing.fire(now)) if (this.task.sliceOver()) return processing.at() > now;
        return true;
      },
    });
  }

  /** Takes the watermark from a restored header and gives the rest of it to be read. */
  restore(header: Uint8Array): ByteReader {
    const reader = readerOf(header);
    this.watermark = reader.float64();
    this.inputs?.restoreFrom(reader);
    return reader;
  }

  advance(timestamp: number): void {
    this.settle();
    if (!(timestamp > this.heard)) return;
    this.heard = timestamp;
    if (timestamp < this.watermark) return;
    if (timestamp === Number.POSITIVE_INFINITY) this.beforeEnd = this.watermark;
    this.watermark = timestamp;
    if (this.fireSlice()) this.forward();
    else {
      this.firing = true;
      this.task.unfinished(() => this.step());
    }
  }

  /** Fires what is left over, whatever it takes. */
  settle(): void {
    if (!this.firing) return;
    const logic = this.logic as KeyedLogic;
    while (logic.fireEvent(this.watermark));
    this.firing = false;
    this.forward();
  }

  barrier(barrier: Barrier): void {
    this.settle();
    const logic = this.logic as KeyedLogic;
    const writer = headerAt(this.kept());
    this.inputs?.writeTo(writer);
    logic.writeHeader?.(writer);
    barrier.capture(logic.capture(writer.finish()));
    for (const out of this.outs) out.barrier(barrier);
  }

  status(idle: boolean): void {
    this.settle();
    for (const out of this.outs) out.status(idle);
  }

  error(error: unknown): void {
    for (const out of this.outs) out.error(error);
  }

  complete(): void {
    this.settle();
    for (const out of this.outs) out.complete();
  }

  /**
   * The watermark to restore, and by which a snapshot may leave out what has expired. The end of the input is not kept: a finished job
   * whose source has grown goes on, and only what belongs to results that the end has brought about is late then.
   */
  kept(): number {
    return this.watermark === Number.POSITIVE_INFINITY ? Math.max(this.beforeEnd, this.fired) : this.watermark;
  }

  private step(): boolean {
    if (!this.firing) return true;
    if (!this.fireSlice()) return false;
    this.firing = false;
    this.forward();
    return true;
  }

  /** Answers true when nothing is due any more. */
  private fireSlice(): boolean {
    const logic = this.logic as KeyedLogic;
    if (logic.fireEvents !== undefined) return logic.fireEvents(this.watermark, this.sliceOver);
    while (logic.fireEvent(this.watermark)) if (this.task.sliceOver()) return false;
    return true;
  }

  private forward(): void {
    for (const out of this.outs) out.watermark(this.watermark);
  }
}

/** The header of an operator whose control this is: all of it, if the operator has nothing of its own. */
export function headerAt(watermark: number): ByteWriter {
  const writer = new ByteWriter(32);
  writer.uint8(HEADER_VERSION);
  writer.float64(watermark);
  return writer;
}

export function watermarkIn(header: Uint8Array): number {
  return readerOf(header).float64();
}

/** Behind the version, which is known. */
function readerOf(header: Uint8Array): ByteReader {
  const reader = new ByteReader(header);
  const version = reader.uint8();
  if (version !== HEADER_VERSION) {
    throw new SluiceError({
      code: 'SLUICE_STATE_VERSION',
      component: 'keyed operator',
      expected: `a header of version ${HEADER_VERSION}`,
      actual: `version ${version}`,
      remedy: 'restore with the version of this package that wrote the checkpoint, or a newer one',
    });
  }
  return reader;
}

export interface OpenedStore<V> {
  readonly store: KeyedStore;
  readonly table: Table<V>;
  /** The header of the checkpoint that has been restored. */
  readonly header: Uint8Array | undefined;
}

/** The keyed state of an operator that keeps one thing per key, restored if there is something to restore. */
export function openStore<V>(context: OperatorContext, name: string, codec: EntryCodec<V>): OpenedStore<V> {
  const store = new KeyedStore({ uid: context.uid, maxParallelism: context.maxParallelism });
  const table = store.entries(name, codec);
  const header = context.restored === undefined ? undefined : store.restore(context.restored);
  return { store, table, header };
}

/** An operator's input: its own `next`, and the control for everything else. */
export function keyedInput<T>(control: KeyedControl, next: (value: T, timestamp: number) => void): StreamObserver<T> {
  return {
    next,
    watermark: (timestamp) => control.advance(timestamp),
    barrier: (barrier) => control.barrier(barrier),
    status: (idle) => control.status(idle),
    error: (error) => control.error(error),
    complete: () => control.complete(),
  };
}
