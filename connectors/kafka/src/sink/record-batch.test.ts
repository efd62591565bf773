import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EncodedRecord } from './encoded-record.js';
import { GrowingBatch, MOST_RECORDS, recordsOf } from './record-batch.js';
import { rounds } from './rounds.js';

const bytes = fc.uint8Array({ maxLength: 40 });
const record: fc.Arbitrary<EncodedRecord> = fc.record({
  topic: fc.constant('t'),
  key: fc.option(bytes),
  value: fc.option(bytes),
  headers: fc.uniqueArray(fc.tuple(fc.string({ unit: 'grapheme' }), bytes), {
    selector: ([name]) => name,
    maxLength: 3,
  }),
  timestamp: fc.maxSafeInteger().map(Math.abs),
  bytes: fc.constant(100),
});

describe('a batch', () => {
  it('gives back its records, as they are', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 20 }), (records) => {
        const batch = new GrowingBatch('t', 3, 1_000_000);
        for (const one of records) batch.add(one);
        expect(recordsOf(batch.finish())).toEqual(
          records.map(({ key, value, headers, timestamp }) => ({
            topic: 't',
            partition: 3,
            key,
            value,
            timestamp,
            ...(headers.length === 0 ? {} : { headers: Object.fromEntries(headers) }),
          })),
        );
      }),
    );
  });

  it('has room for one record in any case, and for no more than the bounds', () => {
    const one: EncodedRecord = { topic: 't', key: null, value: null, headers: [], timestamp: 0, bytes: 400 };
    const batch = new GrowingBatch('t', 0, 1_000);
    for (const room of [true, true, false]) {
      expect(batch.fits(one)).toBe(room);
      batch.add(one);
    }
    const many = new GrowingBatch('t', 0, 1_000_000);
    for (let i = 0; i < MOST_RECORDS; i++) many.add({ ...one, bytes: 1 });
    expect(many.fits({ ...one, bytes: 1 })).toBe(false);
  });
});

describe('rounds', () => {
  const batch = fc.record({
    topic: fc.constantFrom('a', 'b'),
    partition: fc.nat(3),
    bytes: fc.constantFrom(new Uint8Array(10), new Uint8Array(5 * 1024 * 1024)),
  });

  it('hold each batch once, no partition twice, and keep the order of each partition', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 30 }), (batches) => {
        const found = [...rounds(batches)];
        for (const round of found) {
          const names = round.map(({ topic, partition }) => `${topic}/${partition}`);
          expect(new Set(names).size).toBe(names.length);
          expect(round.length).toBeGreaterThan(0);
        }
        const of = (list: readonly (typeof batches)[number][], name: string) =>
          list.filter(({ topic, partition }) => `${topic}/${partition}` === name);
        expect(found.flat()).toHaveLength(batches.length);
        for (const { topic, partition } of batches) {
          const name = `${topic}/${partition}`;
          of(found.flat(), name).forEach((one, index) => void expect(one).toBe(of(batches, name)[index]));
        }
      }),
    );
  });
});
