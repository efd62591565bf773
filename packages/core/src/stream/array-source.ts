import { type Source, shownOption } from '@sluice/connector-sdk';
import { option } from '../options/option.js';

/** Elements in one batch: enough that a batch costs nothing, few enough that a job stays responsive. */
const BATCH = 65_536;

/**
 * A bounded, replayable source of values at hand, in one split; the position is how many were read. For tests and first steps.
 *
 * @example
 * fromSource(arraySource([{ user: 'ann', at: 1 }, { user: 'bob', at: 2 }]));
 */
export function arraySource<T>(items: Iterable<T>): Source<T> {
  const iterable = typeof (items as { [Symbol.iterator]?: unknown } | undefined)?.[Symbol.iterator] === 'function';
  option.require('arraySource', iterable, 'items', 'an iterable', shownOption(items));
  const values = Array.isArray(items) ? (items as readonly T[]) : [...items];
  return {
    specVersion: 1,
    name: 'array',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'array', split: undefined }],
    open: async () => ({
      async *read(_split, position) {
        for (let from = typeof position === 'number' ? position : 0; from < values.length; from += BATCH) {
          yield {
            values: from === 0 && values.length <= BATCH ? values : values.slice(from, from + BATCH),
            progress: Math.min(1, (from + BATCH) / values.length),
            positionAfter: (index: number) => from + index + 1,
          };
        }
      },
      close: async () => {},
    }),
  };
}
