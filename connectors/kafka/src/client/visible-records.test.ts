import { describe, expect, test } from 'vitest';
import type { RawRecord } from './record.js';
import { visibleRecords } from './visible-records.js';

interface Batch {
  readonly first: number;
  readonly count?: number;
  readonly producer?: number;
  readonly kind?: 'plain' | 'transaction' | 'commit' | 'abort';
  /** Offsets within the batch that compaction took out. */
  readonly without?: readonly number[];
  readonly key?: Buffer;
}

function recordsOf(...batches: readonly Batch[]): RawRecord[] {
  return batches.flatMap(({ first, count = 1, producer = -1, kind = 'plain', without = [], key }) => {
    const isControlBatch = kind === 'commit' || kind === 'abort';
    const batchContext = {
      firstOffset: `${first}`,
      lastOffsetDelta: count - 1,
      producerId: `${producer}`,
      inTransaction: kind !== 'plain',
      isControlBatch,
    };
    const control = Buffer.from([0, 0, 0, kind === 'commit' ? 1 : 0]);
    return Array.from({ length: count }, (_, delta) => delta)
      .filter((delta) => !without.includes(delta))
      .map((delta) => ({
        offset: `${first + delta}`,
        timestamp: '0',
        key: isControlBatch ? control : (key ?? null),
        value: Buffer.from('v'),
        headers: {},
        isControlRecord: isControlBatch,
        batchContext,
      }));
  });
}

describe('visibleRecords', () => {
  const offsets = (...parameters: Parameters<typeof visibleRecords>) => {
    const { records, nextOffset } = visibleRecords(...parameters);
    return [records.map(({ offset }) => Number(offset)), Number(nextOffset)];
  };

  test('nothing comes: nothing moves', () => {
    expect(offsets([], 5n, null)).toEqual([[], 5]);
  });

  test('what is before the offset is left out', () => {
    expect(offsets(recordsOf({ first: 0, count: 4 }), 2n, null)).toEqual([[2, 3], 4]);
  });

  test('a batch whose end was compacted moves on behind its end', () => {
    expect(offsets(recordsOf({ first: 0, count: 10, without: [7, 8, 9] }), 5n, null)).toEqual([[5, 6], 10]);
  });

  test('markers are left out, and moved over', () => {
    const records = recordsOf(
      { first: 0, count: 2, producer: 1, kind: 'transaction' },
      { first: 2, producer: 1, kind: 'commit' },
    );
    expect(offsets(records, 0n, [])).toEqual([[0, 1], 3]);
  });

  test('an aborted transaction is left out, and nothing else of its producer', () => {
    const records = recordsOf(
      { first: 0, producer: 1, kind: 'transaction' },
      { first: 1, producer: 2, kind: 'transaction' },
      { first: 2, producer: 1, kind: 'abort' },
      { first: 3, producer: 1, kind: 'transaction' },
      { first: 4, producer: 1, kind: 'commit' },
    );
    expect(offsets(records, 0n, [{ producerId: '1', firstOffset: '0' }])).toEqual([[1, 3], 5]);
  });

  test('several that were open before the fetch begins are all left out, in whatever order they are named', () => {
    const records = recordsOf(
      { first: 7, producer: 2, kind: 'transaction' },
      { first: 8, producer: 1, kind: 'transaction' },
      { first: 9, producer: 3, kind: 'transaction' },
    );
    const aborted = [
      { producerId: '2', firstOffset: '5' },
      { producerId: '1', firstOffset: '2' },
    ];
    expect(offsets(records, 7n, aborted)).toEqual([[9], 10]);
  });

  test('a key of four zero bytes is no marker', () => {
    const key = Buffer.alloc(4);
    const records = recordsOf(
      { first: 0, producer: 1, kind: 'transaction', key },
      { first: 1, producer: 1, kind: 'transaction', key },
      { first: 2, producer: 1, kind: 'abort' },
    );
    expect(offsets(records, 0n, [{ producerId: '1', firstOffset: '0' }])).toEqual([[], 3]);
  });
});
