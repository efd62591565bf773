import { type ByteReader, type ByteWriter, SluiceError } from '@sluice/connector-sdk';
import type { Barrier, StreamObserver } from './element.js';

/** Everything but elements. */
export type ControlSignals = Omit<StreamObserver<never>, 'next'>;

interface Input {
  watermark: number;
  idle: boolean;
  barrier: number | undefined;
  completed: boolean;
}

/**
 * The control side of an operator with several inputs, as one: the watermark is the least of the inputs that are neither idle nor at
 * their end, and never goes back; a barrier goes on when all have it; the operator is complete when all are. The final watermark is
 * sent when all inputs have sent theirs.
 *
 * The watermarks of the inputs belong into the operator's checkpoint: after a restore an input repeats its own only when it rises.
 */
export class MultiInput {
  private readonly inputs: Input[];
  /** Some inputs have a barrier that others are still to get: no element may come in between. */
  aligning = false;
  private watermark = Number.NEGATIVE_INFINITY;
  private idle = false;

  constructor(
    count: number,
    private readonly out: ControlSignals,
    private readonly component: string,
  ) {
    this.inputs = Array.from({ length: count }, () => ({
      watermark: Number.NEGATIVE_INFINITY,
      idle: false,
      barrier: undefined,
      completed: false,
    }));
  }

  /** The signals of one input. */
  input(place: number): ControlSignals {
    const input = this.inputs[place] as Input;
    return {
      watermark: (timestamp) => {
        if (!(timestamp > input.watermark)) return;
        input.watermark = timestamp;
        this.combine();
      },
      barrier: (barrier) => this.align(input, barrier),
      status: (idle) => {
        if (input.idle === idle) return;
        input.idle = idle;
        this.combine();
      },
      error: (error) => this.out.error(error),
      complete: () => {
        if (input.completed) return;
        input.completed = true;
        if (this.inputs.every(({ completed }) => completed)) this.out.complete();
      },
    };
  }

  writeTo(writer: ByteWriter): void {
    writer.float64(this.watermark);
    writer.varint(this.inputs.length);
    for (const { watermark } of this.inputs) writer.float64(watermark);
  }

  restoreFrom(reader: ByteReader): void {
    const watermark = reader.float64();
    // The end is said again as well: a checkpoint between it and the end of the job must not swallow it.
    if (watermark < Number.POSITIVE_INFINITY) this.watermark = watermark;
    const count = reader.varint();
    for (let place = 0; place < count; place++) {
      const watermark = reader.float64();
      const input = this.inputs[place];
      // An input that had ended says so again; one that goes on must not be taken for ended.
      if (input !== undefined && watermark < Number.POSITIVE_INFINITY) input.watermark = watermark;
    }
  }

  /** An element between two barriers of one wave would be in the checkpoint of one input and not of the other. */
  outOfWave(): SluiceError {
    return this.outOfStep('no element until every input has its barrier', 'an element');
  }

  private align(input: Input, barrier: Barrier): void {
    if (input.barrier !== undefined)
      throw this.outOfStep(`barrier ${input.barrier} on every input first`, `barrier ${barrier.checkpoint}`);
    input.barrier = barrier.checkpoint;
    this.aligning = true;
    for (const other of this.inputs) {
      if (other.barrier === undefined) return;
      if (other.barrier !== barrier.checkpoint)
        throw this.outOfStep(`barrier ${other.barrier} on every input first`, `barrier ${barrier.checkpoint}`);
    }
    for (const one of this.inputs) one.barrier = undefined;
    this.aligning = false;
    this.out.barrier(barrier);
  }

  private combine(): void {
    let least = Number.POSITIVE_INFINITY;
    let open = 0;
    let active = 0;
    for (const { watermark, idle } of this.inputs) {
      if (watermark === Number.POSITIVE_INFINITY) continue;
      open++;
      if (idle) continue;
      active++;
      if (watermark < least) least = watermark;
    }
    const idle = active === 0 && open > 0;
    if (this.idle && !idle) this.setIdle(false);
    if (!idle && least > this.watermark) {
      this.watermark = least;
      this.out.watermark(least);
    }
    if (!this.idle && idle) this.setIdle(true);
  }

  private setIdle(idle: boolean): void {
    this.idle = idle;
    this.out.status(idle);
  }

  private outOfStep(expected: string, actual: string): SluiceError {
    return new SluiceError({
      code: 'SLUICE_BARRIER',
      component: this.component,
      expected,
      actual,
      remedy: 'this is a defect of the engine: please report it',
    });
  }
}
