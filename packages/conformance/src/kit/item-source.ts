import { defineSource, type Source } from '@sluice/connector-sdk';
import { type ConformanceItem, itemsFrom } from './item.js';

/** How the kit's own input is given out. */
export interface ItemInput<T> {
  /** Ids of the items are below it. */
  readonly count: number;
  element(item: ConformanceItem): T;
  /** So many items have been given out, counted from the first one of all. */
  onRead?(count: number): void;
  /** The next checkpoint covers so many. */
  onPosition?(position: number): void;
}

const BATCH = 100;

/** The kit's items as a bounded, replayable source; the position is how many have been read. */
export function itemSource<T>(input: ItemInput<T>): Source<T> {
  return defineSource<T, null, number>({
    name: 'conformance-items',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'items', split: null }],
    open: async () => ({
      async *read(_split, start = 0) {
        input.onPosition?.(start);
        for (let from = start; from < input.count; from += BATCH) {
          const values = itemsFrom(from, Math.min(BATCH, input.count - from)).map((item) => input.element(item));
          input.onRead?.(from + values.length);
          yield {
            values,
            positionAfter(index: number) {
              input.onPosition?.(from + index + 1);
              return from + index + 1;
            },
          };
        }
      },
      async close() {},
    }),
  }) as Source<T>;
}
