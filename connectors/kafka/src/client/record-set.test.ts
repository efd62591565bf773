import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { registerCodecs } from '../compression/register-codecs.js';
import { holdsBatchesOnly, readRecordSet } from './record-set.js';

interface TestRecord {
  readonly delta?: number;
  readonly time?: number;
  readonly key?: string | null;
  readonly value?: string | Buffer | null;
  readonly headers?: readonly (readonly [string, string | null])[];
}

interface TestBatch {
  readonly first?: bigint;
  readonly last?: number;
  readonly attributes?: number;
  readonly firstTimestamp?: bigint;
  readonly maxTimestamp?: bigint;
  readonly producer?: bigint;
  readonly records?: readonly TestRecord[];
}

const GZIP = 1;
const LOG_APPEND_TIME = 0x08;
const TRANSACTION = 0x10;
const MARKER = 0x30;

function batchOf(batch: TestBatch): Buffer {
  const { first = 0n, attributes = 0, firstTimestamp = 1_000n, maxTimestamp = 9_000n, producer = -1n } = batch;
  const { records = [], last = Math.max(records.length - 1, 0) } = batch;
  const plain = Buffer.concat(records.map((record, index) => recordOf({ delta: index, ...record })));
  const body = (attributes & 7) === GZIP ? gzipSync(plain) : plain;
  const head = Buffer.alloc(61);
  head.writeBigInt64BE(first, 0);
  head.writeInt32BE(49 + body.length, 8);
  head.writeInt8(2, 16);
  head.writeInt16BE(attributes, 21);
  head.writeInt32BE(last, 23);
  head.writeBigInt64BE(firstTimestamp, 27);
  head.writeBigInt64BE(maxTimestamp, 35);
  head.writeBigInt64BE(producer, 43);
  head.writeInt32BE(records.length, 57);
  return Buffer.concat([head, body]);
}

function recordOf({ delta = 0, time = 0, key = null, value = 'v', headers = [] }: TestRecord): Buffer {
  const record = Buffer.concat([
    Buffer.of(0),
    varint(time),
    varint(delta),
    sized(key),
    sized(value),
    varint(headers.length),
    ...headers.flatMap(([name, content]) => [sized(name), sized(content)]),
  ]);
  return Buffer.concat([varint(record.length), record]);
}

function sized(content: string | Buffer | null): Buffer {
  if (content === null) return varint(-1);
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n));
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const values = async (...parameters: Parameters<typeof readRecordSet>) => {
  const { records, nextOffset } = await readRecordSet(...parameters);
  return [records.map(({ offset, text }) => [Number(offset), text]), Number(nextOffset)];
};

describe('readRecordSet', () => {
  test('nothing comes: nothing moves', async () => {
    expect(await values(Buffer.alloc(0), 5n, null)).toEqual([[], 5]);
  });

  test('everything that is kept about a record', async () => {
    const first = 2n ** 53n + 1n;
    const large = 'x'.repeat(10_000);
    const set = batchOf({
      first,
      firstTimestamp: 1_700_000_000_000n,
      records: [
        {
          time: -5,
          key: 'k',
          value: large,
          headers: [
            ['a', '1'],
            ['b', null],
            ['a', '2'],
          ],
        },
        { time: 2 ** 40, value: null },
        { key: '', value: '' },
      ],
    });
    const { records, nextOffset, bytes } = await readRecordSet(set, first, null);
    const [whole, tombstone, empty] = records;
    expect(whole).toMatchObject({ offset: first, timestamp: 1_699_999_999_995, text: large });
    expect([`${whole?.key}`, `${whole?.value}`]).toEqual(['k', large]);
    expect([...(whole?.headers ?? [])].map(([name, value]) => [name, `${Buffer.from(value)}`])).toEqual([
      ['a', '2'],
      ['b', ''],
    ]);
    expect(tombstone).toMatchObject({ offset: first + 1n, key: null, value: null, text: undefined });
    expect(tombstone?.timestamp).toBe(1_700_000_000_000 + 2 ** 40);
    expect([empty?.key?.length, empty?.value?.length, empty?.text, empty?.headers.size]).toEqual([0, 0, '', 0]);
    expect([nextOffset, bytes]).toEqual([first + 3n, 10_001]);
  });

  test('log-append time is that of the batch; no timestamp stays none', async () => {
    const records = [{ time: 7 }, { time: 8 }];
    const set = Buffer.concat([
      batchOf({ attributes: LOG_APPEND_TIME, maxTimestamp: 4_711n, records }),
      batchOf({ first: 2n, firstTimestamp: -1n, records: [{}] }),
    ]);
    const read = await readRecordSet(set, 0n, null);
    expect(read.records.map(({ timestamp }) => timestamp)).toEqual([4_711, 4_711, -1]);
  });

  test('text is only what UTF-8 says', async () => {
    const own = [Buffer.from('ä€😀'), Buffer.of(0xc3), Buffer.of(0xed, 0xa0, 0x80), Buffer.from('\ufffd')];
    const { records } = await readRecordSet(batchOf({ records: own.map((value) => ({ value })) }), 0n, null);
    expect(records.map(({ text }) => text)).toEqual(['ä€😀', undefined, undefined, undefined]);
    expect(records.map(({ value }) => value)).toEqual(own);
  });

  test('what is before the offset is left out: a batch comes whole', async () => {
    const set = Buffer.concat([
      batchOf({ records: [{}, {}] }),
      batchOf({ first: 2n, records: [{}, {}, { value: 'a' }, { value: 'b' }] }),
    ]);
    expect(await values(set, 4n, null)).toEqual([
      [
        [4, 'a'],
        [5, 'b'],
      ],
      6,
    ]);
    expect(await values(set, 9n, null)).toEqual([[], 9]);
  });

  test('the last batch may be cut off anywhere', async () => {
    const whole = batchOf({ records: [{ value: 'a' }] });
    const cut = batchOf({ first: 1n, records: [{ value: 'b' }] });
    for (let length = 0; length < cut.length; length++) {
      const set = Buffer.concat([whole, cut.subarray(0, length)]);
      expect(holdsBatchesOnly(set)).toBe(true);
      expect(await values(set, 0n, null)).toEqual([[[0, 'a']], 1]);
    }
  });

  test('gaps of compaction: it moves on behind the end of a batch, be it empty', async () => {
    const compacted = batchOf({
      last: 9,
      records: [
        { delta: 1, value: 'a' },
        { delta: 5, value: 'b' },
      ],
    });
    expect(await values(compacted, 0n, null)).toEqual([
      [
        [1, 'a'],
        [5, 'b'],
      ],
      10,
    ]);
    expect(await values(batchOf({ first: 10n, last: 4 }), 12n, null)).toEqual([[], 15]);
  });

  test('compressed batches, between plain ones', async () => {
    registerCodecs([]);
    const set = Buffer.concat([
      batchOf({ records: [{ value: 'a' }] }),
      batchOf({ first: 1n, attributes: GZIP, records: [{ value: 'b' }, { value: 'c' }] }),
      batchOf({ first: 3n, records: [{ value: 'd' }] }),
    ]);
    expect(await values(set, 2n, null)).toEqual([
      [
        [2, 'c'],
        [3, 'd'],
      ],
      4,
    ]);
  });

  test('a compression that nobody knows is refused', async () => {
    const set = batchOf({ attributes: 7, records: [{}] });
    await expect(readRecordSet(set, 0n, null)).rejects.toMatchObject({ kind: 'codec', type: 'COMPRESSION_7' });
  });

  test('markers and aborted transactions are left out and moved over, in whatever order they are named', async () => {
    const marker = (first: bigint, producer: bigint, type: number) =>
      batchOf({ first, producer, attributes: MARKER, records: [{ key: Buffer.of(0, 0, 0, type).toString('latin1') }] });
    const part = (first: bigint, producer: bigint) =>
      batchOf({ first, producer, attributes: TRANSACTION, records: [{ key: '\0\0\0\0', value: `${producer}` }] });
    const set = Buffer.concat([
      part(7n, 2n),
      part(8n, 1n),
      part(9n, 3n),
      marker(10n, 2n, 0),
      part(11n, 2n),
      marker(12n, 2n, 1),
      part(13n, 1n),
      marker(14n, 3n, 1),
    ]);
    const aborted = [
      { producerId: '2', firstOffset: '5' },
      { producerId: '1', firstOffset: '2' },
    ];
    expect(await values(set, 7n, aborted)).toEqual([
      [
        [9, '3'],
        [11, '2'],
      ],
      15,
    ]);
    const [all] = await values(set, 7n, null);
    expect(all).toHaveLength(5);
  });

  test('lengths are not believed: what reaches beyond its bounds is refused', async () => {
    const set = batchOf({ records: [{ value: 'abc', key: 'k' }] });
    for (const [at, bytes] of [
      [57, [0, 0, 0, 2]],
      [61, [0x7f]],
      [61, [0x01]],
      [65, [0x7e]],
      [67, [0x7e]],
      [64, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff]],
    ] as const) {
      const broken = Buffer.concat([set]);
      broken.set(bytes, at);
      await expect(readRecordSet(broken, 0n, null), `${at}`).rejects.toMatchObject({ kind: 'client' });
    }
    const endless = Buffer.concat([set]);
    endless.writeInt32BE(0, 8);
    await expect(readRecordSet(endless, 0n, null)).rejects.toMatchObject({ type: 'MALFORMED_BATCH' });
  });
});

test('older formats are told from batches', () => {
  const old = Buffer.alloc(40);
  old.writeInt32BE(28, 8);
  old.writeInt8(1, 16);
  expect(holdsBatchesOnly(old)).toBe(false);
  const batch = batchOf({ records: [{}] });
  expect(holdsBatchesOnly(batch)).toBe(true);
  expect(holdsBatchesOnly(Buffer.concat([batch, old]))).toBe(false);
});
