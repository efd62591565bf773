import type { SluiceError, SourceBatch, SourceSideOutput } from '@sluice/connector-sdk';
import { badLine } from './bad-line.js';
import type { PoisonLine, PoisonPolicy } from './poison.js';
import type { FilePosition } from './position.js';

/** How a batch in the making treats bad lines. */
export interface BadLines {
  readonly component: string;
  readonly file: string;
  readonly policy: PoisonPolicy;
  readonly skipped: { add(delta?: number): void };
}

/** What a checkpoint keeps for an offset of the file that is being read. */
export type PositionOf = (offset: number) => FilePosition;

/** Takes what the records of a chunk turn out to be, in order. */
export class BatchBuilder<T> {
  readonly #badLines: BadLines;
  readonly #values: T[] = [];
  readonly #ends: number[] = [];
  #sideOutputs: SourceSideOutput[] | undefined;
  #end = 0;
  #failure: SluiceError | undefined;

  readonly #positionOf: PositionOf;

  constructor(badLines: BadLines, positionOf: PositionOf) {
    this.#badLines = badLines;
    this.#positionOf = positionOf;
  }

  /** @param end Where the next record begins in the file. */
  accept(value: T, end: number): void {
    this.#values.push(value);
    this.#ends.push(end);
    this.#end = end;
  }

  /** Moves past a record that is neither delivered nor bad: an empty line. */
  pass(end: number): void {
    this.#end = end;
  }

  /** A bad line. Answers whether to go on; after it has answered no, the batch takes nothing more. */
  reject(offset: number, end: number, bytes: Uint8Array, cause: unknown): boolean {
    const { component, file, policy, skipped } = this.#badLines;
    if (policy === 'fail') {
      this.#failure = badLine(component, file, offset, cause);
      return false;
    }
    if (policy === 'skip') {
      skipped.add();
    } else {
      this.#sideOutputs ??= [];
      // A copy: the line outlives the chunk.
      const value: PoisonLine = { file, offset, bytes: new Uint8Array(bytes), cause };
      this.#sideOutputs.push({ target: policy, value, before: this.#values.length });
    }
    this.#end = end;
    return true;
  }

  /** Why nothing can follow this batch, which is what came before the bad line. */
  get failure(): SluiceError | undefined {
    return this.#failure;
  }

  get isEmpty(): boolean {
    return this.#values.length === 0 && this.#sideOutputs === undefined;
  }

  build(progress: number | undefined): SourceBatch<T, FilePosition> {
    const positionOf = this.#positionOf;
    const values = this.#values;
    const ends = this.#ends;
    const last = values.length - 1;
    const end = this.#end;
    return {
      values,
      sideOutputs: this.#sideOutputs,
      progress,
      positionAfter: (index) => positionOf(index < last ? (ends[index] ?? end) : end),
    };
  }
}
