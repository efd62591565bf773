import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds } from '@sluice/connector-sdk';
import { afterEach, expect, test } from 'vitest';
import { failureOf } from '../client/failure-of.js';
import { KafkaFailure } from '../client/kafka-failure.js';
import type { FetchedPartition, KafkaLog, PartitionFetch } from '../client/kafka-log.js';
import { Fetcher } from './fetcher.js';
import { PartitionChannel } from './partition-channel.js';

type Answer = (request: PartitionFetch) => Partial<FetchedPartition>;

/** A log of one node whose partitions answer as a test says. */
function fakeLog(answer: Answer): KafkaLog {
  return {
    partitions: async () => [0, 1],
    topics: async () => ['t'],
    refresh: async () => {},
    leader: () => 1,
    offsets: async (_topic, partitions, spec) => new Map(partitions.map((id) => [id, spec === 'earliest' ? 0n : 100n])),
    committed: async () => new Map(),
    groupRefusal: async () => undefined,
    async fetch(_node, requests) {
      await sleep(1);
      return requests.map((request) => ({
        topic: request.topic,
        partition: request.partition,
        offset: request.offset,
        records: [],
        nextOffset: request.offset,
        end: 100n,
        logStart: 0n,
        bytes: 0,
        ...answer(request),
      }));
    },
    close: async () => {},
  };
}

const record = (offset: bigint) => ({
  offset,
  timestamp: 0,
  key: null,
  value: Buffer.from('v'),
  text: 'v',
  headers: new Map(),
});
const aborter: { current: AbortController | undefined } = { current: undefined };
afterEach(() => aborter.current?.abort());

function start(
  answer: Answer,
  partitions: readonly number[],
  limits = { bytes: 1_000, records: 1_000 },
  retryFor = 1_000,
) {
  aborter.current = new AbortController();
  const { signal } = aborter.current;
  const clock = {
    now: () => Date.now(),
    sleep: (duration: Parameters<typeof milliseconds>[0], stop?: AbortSignal) =>
      sleep(milliseconds(duration), undefined, stop && { signal: stop }),
  };
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const log = fakeLog(answer);
  const attempt = { component: 'kafkaSource', brokers: ['b:1'] };
  const settings = { attempt, retryFor, maxBytes: 1_000_000, maxBytesPerPartition: 100_000 };
  const fetcher = new Fetcher(log, async () => log, settings, { clock, signal, logger }, { fetched: () => {} });
  const channels = partitions.map(
    (partition) => new PartitionChannel({ topic: 't', partition }, 0n, 100n, limits, fetcher.changed),
  );
  for (const channel of channels) fetcher.add(channel);
  const read = async (channel: PartitionChannel): Promise<readonly number[]> => {
    const offsets: number[] = [];
    for (let portion = await channel.next(signal); portion !== undefined; portion = await channel.next(signal)) {
      offsets.push(...portion.records.map(({ offset }) => Number(offset)));
    }
    return offsets;
  };
  return { fetcher, channels, read, signal };
}

test('wholly empty batches never advance: the position is moved over them, and over nothing else', async () => {
  // Offsets 10 to 49 are batches with nothing in them, which end a segment; 50 is the next record.
  const { channels, read } = start(
    ({ offset }) => {
      if (offset >= 10n && offset < 50n) return {};
      const last = offset < 10n ? 10n : 100n;
      const records = Array.from({ length: Number(last - offset) }, (_, index) => record(offset + BigInt(index)));
      return { records, nextOffset: last };
    },
    [0],
  );
  const [channel] = channels as [PartitionChannel];
  const all = await read(channel);
  expect(all).toEqual([...Array.from({ length: 10 }, (_, i) => i), ...Array.from({ length: 50 }, (_, i) => 50 + i)]);
  expect(channel.taken).toBe(100n);
});

test('a log that ends in empty batches is at its end', async () => {
  const { channels, read } = start(
    ({ offset }) => (offset === 0n ? { records: [record(0n)], nextOffset: 1n } : {}),
    [0],
  );
  expect(await read(channels[0] as PartitionChannel)).toEqual([0]);
});

test('a partition whose batches cannot be read fails, and no other', async () => {
  const overflow = new RangeError('Maximum call stack size exceeded');
  const { channels, read } = start(
    ({ partition, offset }) => {
      if (partition === 1) throw failureOf(overflow);
      return { records: [record(offset)], nextOffset: 100n };
    },
    [0, 1],
  );
  const [good, bad] = channels as [PartitionChannel, PartitionChannel];
  await expect(read(bad)).rejects.toMatchObject({ code: 'SLUICE_KAFKA_BATCH_OVERFLOW' });
  expect(await read(good)).toEqual([0]);
});

test('nothing is asked for above the bound of records', async () => {
  let asked = 0;
  const { channels } = start(
    ({ offset }) => {
      asked++;
      return { records: [record(offset)], nextOffset: offset + 1n };
    },
    [0],
    { bytes: 1_000, records: 5 },
  );
  await sleep(100);
  expect(asked).toBe(5);
  expect(channels[0]?.offset).toBe(5n);
});

test('what is taken away is dropped with what is under way, and read again when it comes back', async () => {
  const { channels, read, signal } = start(
    ({ offset }) => ({ records: [record(offset)], nextOffset: offset + 1n }),
    [0],
    {
      bytes: 1_000,
      records: 3,
    },
  );
  const [channel] = channels as [PartitionChannel];
  await channel.next(signal);
  await sleep(50);
  expect(channel.offset).toBeGreaterThan(1n);
  channel.revoke();
  expect(await channel.next(signal)).toEqual({ records: [], nextOffset: 1n, hasMore: false });
  await sleep(50);
  expect(channel.offset).toBe(1n);
  channel.give();
  expect((await read(channel)).slice(0, 3)).toEqual([1, 2, 3]);
});

test('a broker that is away is asked again; after `retryFor` the failure is transient', async () => {
  const away = new KafkaFailure({ kind: 'connection', type: 'ECONNREFUSED', retriable: true });
  let asked = 0;
  const { channels, read } = start(
    () => {
      asked++;
      throw away;
    },
    [0],
    { bytes: 1, records: 1 },
    250,
  );
  await expect(read(channels[0] as PartitionChannel)).rejects.toMatchObject({
    code: 'SLUICE_KAFKA_UNREACHABLE',
    transient: true,
  });
  expect(asked).toBeGreaterThan(1);
});
