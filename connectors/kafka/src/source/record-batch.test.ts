import { expect, test } from 'vitest';
import { LEFT_OUT, recordBatch } from './record-batch.js';

const split = { topic: 't', partition: 3, start: 0n };
const target = { '~accepts': () => {} };
const records = ['a', '!', 'b', '-', 'c', '!'].map((value, index) => ({
  // Every other offset is a gap.
  offset: BigInt(10 + index * 2),
  timestamp: index === 2 ? -1 : index,
  key: null,
  value: Buffer.from(value),
  text: value,
  headers: new Map(),
}));

function batchOf(policy: 'fail' | 'skip' | typeof target, some = records) {
  let poison = 0;
  const decode = ({ value }: { readonly value: Buffer | null }): string | typeof LEFT_OUT => {
    const text = `${value}`;
    if (text === '!') throw new Error('poison');
    return text === '-' ? LEFT_OUT : text;
  };
  const settings = { component: 'kafkaSource', decode, policy, poison: { add: () => poison++ } };
  const made = recordBatch(settings, split, { records: some, nextOffset: 25n, hasMore: true }, 0.5);
  return { ...made, poison: () => poison };
}

test('what is skipped is counted, and positions stay those of the values', () => {
  const { batch, failure, poison } = batchOf('skip');
  expect(failure).toBeUndefined();
  expect(batch).toMatchObject({
    values: ['a', 'b', 'c'],
    timestamps: [0, Number.NaN, 4],
    hasMore: true,
    progress: 0.5,
  });
  expect([0, 1, 2].map((index) => batch?.positionAfter(index))).toEqual([11n, 15n, 25n]);
  expect(batch?.sideOutputs).toBeUndefined();
  expect(poison()).toBe(2);
});

test('poison stands between the values that it came between', () => {
  const { batch } = batchOf(target);
  expect(batch?.sideOutputs).toMatchObject([
    { target, before: 1, value: { topic: 't', partition: 3, offset: 12n } },
    { target, before: 3, value: { offset: 20n } },
  ]);
  expect(batch?.positionAfter(0)).toBe(11n);
  expect(batch?.positionAfter(2)).toBe(25n);
});

test('what came before is delivered, up to the record at which the job fails', () => {
  const { batch, failure } = batchOf('fail');
  expect(batch?.values).toEqual(['a']);
  expect(batch?.positionAfter(0)).toBe(12n);
  expect(failure).toMatchObject({
    code: 'SLUICE_KAFKA_RECORD',
    expected: expect.stringContaining('offset 12 of t, partition 3'),
  });
  expect(batchOf('fail', records.slice(1)).batch).toBeUndefined();
});

test('a portion without values moves the position on', () => {
  const { batch } = batchOf('skip', records.slice(3, 4));
  expect(batch).toMatchObject({ values: [], sideOutputs: [] });
  expect(batch?.positionAfter(-1)).toBe(25n);
});
