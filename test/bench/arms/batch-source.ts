import type { Source } from '@sluice/core';

export const BATCH = 65_536;

export function inBatches<T>(values: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < values.length; from += BATCH) batches.push(values.slice(from, from + BATCH));
  return batches;
}

/**
 * A bounded, replayable source whose batches are made before anything is timed; the whole is given out `rounds` times.
 *
 * @param begins told the number of each batch when its first element is about to be given out
 */
export function batchSource<T>(
  batches: readonly (readonly T[])[],
  rounds = 1,
  begins?: (batch: number) => void,
): Source<T> {
  return {
    specVersion: 1,
    name: 'batches',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async () => ({
      async *read(_split, position) {
        const last = batches.length * rounds;
        for (let at = typeof position === 'number' ? Math.floor(position / BATCH) : 0; at < last; at++) {
          yield {
            values: batches[at % batches.length] as readonly T[],
            positionAfter: (index: number) => at * BATCH + index + 1,
          };
          // Sources are read one batch ahead: the next one is asked for when this one begins.
          begins?.(at);
        }
      },
      close: async () => {},
    }),
  };
}
