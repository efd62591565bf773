import { type Clock, type Duration, defineSource, type Source } from '@sluice/connector-sdk';
import type { SeededRandom } from '../random/seeded-random.js';

export interface SplitSourceOptions {
  /** Virtual time that passes between the last element of a split, once given out, and its end; 0 when left out. Timers of the clock need it to fire. */
  readonly endAfter?: Duration;
  /** Elements in a batch at most; 8 when left out. */
  readonly batch?: number;
}

const LONGEST_DELAY = 20;

/** A bounded, replayable source of arrays, one for each split, in batches of random sizes, none included, at random times. */
export function splitSource<T>(
  splits: readonly (readonly T[])[],
  { endAfter = 0, batch = 8 }: SplitSourceOptions,
  random: SeededRandom,
  clock: Clock,
): Source<T> {
  return defineSource<T, number, number>({
    name: 'splits',
    bounded: true,
    replayable: true,
    discover: async () => splits.map((_values, split) => ({ id: `split-${split}`, split })),
    open: async () => ({
      async *read({ split }, position = 0) {
        const values = splits[split] ?? [];
        for (let from = position; from < values.length; ) {
          if (random.chance(0.5)) await clock.sleep(random.int(0, LONGEST_DELAY));
          const some = values.slice(from, from + random.int(0, batch));
          const start = from;
          from += some.length;
          yield { values: some, positionAfter: (index: number) => start + index + 1 };
        }
        // What comes behind it is asked for when all elements have been given out.
        yield { values: [], positionAfter: () => values.length };
        await clock.sleep(endAfter);
      },
      close: async () => {},
    }),
  });
}
