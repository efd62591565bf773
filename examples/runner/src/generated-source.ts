import { defineSource, type Source } from '@sluice/connector-sdk';
import { randomOf } from './random.js';

/** The record of an index: the same one in every run. */
export type GenerateRecord<T> = (index: number, random: () => number) => T;

export interface Generated<T> {
  readonly records: number;
  /** Records a second. */
  readonly rate: number;
  readonly seed: number;
  readonly record: GenerateRecord<T>;
}

/** Records a batch at most; ten batches a second. */
const TICK = 100;

/** Records that are made while they are read: replayable from any index, at a steady pace. */
export function generatedSource<T>({ records, rate, seed, record }: Generated<T>): Source<T> {
  const size = Math.max(1, Math.round((rate * TICK) / 1000));
  return defineSource<T, undefined, number>({
    name: 'generated',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async ({ clock, signal }) => ({
      async *read(_split, position = 0) {
        for (let from = position; from < records; from += size) {
          const first = from;
          const length = Math.min(size, records - from);
          const values = Array.from({ length }, (_, at) => record(first + at, randomOf(seed, first + at)));
          yield { values, progress: (from + length) / records, positionAfter: (at) => first + at + 1 };
          await clock.sleep(TICK, signal);
        }
      },
      close: async () => {},
    }),
  }) as Source<T>;
}
