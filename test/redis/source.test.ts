import type { SourceBatch, SourceReader, SourceSplit } from '@sluice/connector-sdk';
import {
  type PoisonEntry,
  type RedisStreamSourceOptions,
  redisStreamSource,
  type StreamPosition,
  type StreamSplit,
} from '@sluice/redis';
import { expect, test } from 'vitest';
import { describeWithOwnService, describeWithService } from '../services/with-service.js';
import { RedisHarness, recordingContext } from './redis-harness.js';

type Options = Partial<RedisStreamSourceOptions<number>>;

/** What a source reads of one stream, and where it is then. */
async function read(
  harness: RedisHarness,
  options: Options & { readonly streams: string },
  { from, until = Number.POSITIVE_INFINITY, signal = new AbortController().signal }: ReadOptions = {},
) {
  const recorded = recordingContext({ signal });
  const source = redisStreamSource<number>({
    url: harness.url,
    value: (entry) => Number(entry.fields.n),
    ...options,
  });
  const [split] = (await source.discover(signal)) as SourceSplit<StreamSplit>[];
  const reader = (await source.open(recorded.context)) as SourceReader<number, StreamSplit, StreamPosition>;
  const values: number[] = [];
  const timestamps: number[] = [];
  const batches: SourceBatch<number, StreamPosition>[] = [];
  let position = from;
  try {
    if (split === undefined) throw new Error('no split');
    for await (const batch of reader.read(split, from, signal)) {
      values.push(...Array.from(batch.values));
      timestamps.push(...Array.from(batch.timestamps ?? []));
      batches.push(batch);
      position = batch.positionAfter(batch.values.length - 1);
      if (values.length >= until) break;
    }
  } finally {
    await reader.close();
  }
  return { values, timestamps, batches, position, ...recorded };
}

interface ReadOptions {
  readonly from?: StreamPosition | undefined;
  readonly until?: number;
  readonly signal?: AbortSignal;
}

const count = (length: number, from = 1) => Array.from({ length }, (_, i) => from + i);

describeWithService('redis', 'redisStreamSource', (endpoint) => {
  const harness = new RedisHarness(endpoint);
  const streamOf = () => `${harness.prefix}${expect.getState().currentTestName}`;
  const add = async (stream: string, numbers: readonly number[]) => {
    const pipeline = harness.redis.pipeline();
    for (const n of numbers) pipeline.xadd(stream, `${n}-7`, 'n', n);
    await pipeline.exec();
  };
  const trimmed = { code: 'SLUICE_REDIS_STREAM_TRIMMED' };

  test('reads a bounded stream in batches, with the timestamps of the ids', async () => {
    const streams = streamOf();
    await add(streams, count(1_234));
    const all = await read(harness, { streams, bounded: 'latest', count: 100 });
    expect(all.values).toEqual(count(1_234));
    expect(all.timestamps).toEqual(count(1_234));
    expect(all.batches.map((batch) => batch.hasMore)).toEqual([...Array(12).fill(true), false]);
    expect(all.position).toEqual({ id: '1234-7', added: 1_234 });
  });

  test('goes on right behind every position', async () => {
    const streams = streamOf();
    await add(streams, count(10));
    const { batches } = await read(harness, { streams, bounded: 'latest' });
    for (const index of [0, 4, 8, 9]) {
      const from = batches[0]?.positionAfter(index);
      const rest = await read(harness, { streams, bounded: 'latest' }, { from });
      expect(rest.values).toEqual(count(9 - index, index + 2));
    }
  });

  test('a bounded read ends where the stream ended at the start, added or deleted entries notwithstanding', async () => {
    const streams = streamOf();
    await add(streams, count(5));
    const source = redisStreamSource({
      url: harness.url,
      streams,
      bounded: 'latest',
      value: ({ fields }) => Number(fields.n),
    });
    const { signal } = new AbortController();
    const [split] = await source.discover(signal);
    await add(streams, [6, 7]);
    await harness.redis.xdel(streams, '5-7', '2-7');
    const reader = await source.open(recordingContext({}).context);
    const values: number[] = [];
    if (split !== undefined)
      for await (const batch of reader.read(split, undefined, signal)) values.push(...Array.from(batch.values));
    await reader.close();
    expect(values).toEqual([1, 3, 4]);
  });

  test('an empty stream and one that is not there end at once when bounded', async () => {
    expect((await read(harness, { streams: streamOf(), bounded: 'latest' })).values).toEqual([]);
  });

  test('waits for entries, and for a stream that comes later', async () => {
    const streams = streamOf();
    const reading = read(harness, { streams, block: '200ms' }, { until: 3 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await add(streams, [1]);
    await add(streams, [2]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await add(streams, [3]);
    expect((await reading).values).toEqual([1, 2, 3]);
  });

  test('starts at the latest, and behind an id', async () => {
    const streams = streamOf();
    await add(streams, count(3));
    const latest = read(harness, { streams, startingAt: 'latest' }, { until: 1 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await add(streams, [4]);
    expect((await latest).values).toEqual([4]);
    const behind = await read(harness, { streams, startingAt: { id: '2' }, bounded: 'latest' });
    expect(behind.values).toEqual([2, 3, 4]);
  });

  test('trimming of entries that were read is no matter', async () => {
    const streams = streamOf();
    await add(streams, count(10));
    const { position } = await read(harness, { streams, count: 5 }, { until: 5 });
    await harness.redis.xtrim(streams, 'MINID', '6-7');
    expect((await read(harness, { streams, bounded: 'latest' }, { from: position })).values).toEqual(count(5, 6));
  });

  test('trimming of entries that were not read fails, never a silent gap', async () => {
    const streams = streamOf();
    await add(streams, count(10));
    const { position } = await read(harness, { streams, count: 5 }, { until: 5 });
    await harness.redis.xtrim(streams, 'MINID', '8-7');
    await expect(read(harness, { streams, bounded: 'latest' }, { from: position })).rejects.toMatchObject(trimmed);
    await harness.redis.xtrim(streams, 'MAXLEN', 0);
    await expect(read(harness, { streams, bounded: 'latest' }, { from: position })).rejects.toMatchObject(trimmed);
  });

  test('trimming between two batches of one read fails as well', async () => {
    const streams = streamOf();
    await add(streams, count(30));
    const source = redisStreamSource({ url: harness.url, streams, count: 10, value: ({ fields }) => Number(fields.n) });
    const { signal } = new AbortController();
    const [split] = await source.discover(signal);
    const reader = await source.open(recordingContext({}).context);
    if (split === undefined) throw new Error('no split');
    const batches = reader.read(split, undefined, signal)[Symbol.asyncIterator]();
    await batches.next();
    await harness.redis.xtrim(streams, 'MAXLEN', 5);
    await expect(batches.next()).rejects.toMatchObject(trimmed);
    await reader.close();
  });

  test('an id to start at that is no longer there fails when entries behind it are gone', async () => {
    const streams = streamOf();
    await add(streams, count(10));
    await harness.redis.xtrim(streams, 'MAXLEN', 5);
    const at = (id: string) => read(harness, { streams, startingAt: { id }, bounded: 'latest' });
    await expect(at('2-7')).rejects.toMatchObject(trimmed);
    await expect(at('5-7')).rejects.toMatchObject(trimmed);
    expect((await at('6-7')).values).toEqual(count(4, 7));
    expect((await read(harness, { streams, bounded: 'latest' })).values).toEqual(count(5, 6));
  });

  test('a stream that was deleted, with and without a new one in its place, fails', async () => {
    const streams = streamOf();
    await add(streams, count(5));
    const { position } = await read(harness, { streams, bounded: 'latest' });
    await harness.redis.del(streams);
    await expect(read(harness, { streams }, { from: position })).rejects.toMatchObject(trimmed);
    await add(streams, [9, 10]);
    await expect(read(harness, { streams }, { from: position })).rejects.toMatchObject(trimmed);
    await harness.redis.del(streams);
    await add(streams, [1, 2]);
    await expect(read(harness, { streams }, { from: position })).rejects.toMatchObject(trimmed);
  });

  test("trimmed: 'report' goes on behind the gap and says so", async () => {
    const streams = streamOf();
    await add(streams, count(10));
    await harness.redis.xtrim(streams, 'MAXLEN', 3);
    const on = { streams, trimmed: 'report', bounded: 'latest' } as const;
    const gap = await read(harness, on, { from: { id: '5-7', added: 5 } });
    expect(gap.values).toEqual([8, 9, 10]);
    expect(gap.logged).toEqual(['redisStreamTrimmed', { stream: streams, after: '5-7', gap: 'trimmed' }]);
    await harness.redis.del(streams);
    await add(streams, [2, 3]);
    expect((await read(harness, on, { from: { id: '5-7', added: 5 } })).values).toEqual([2, 3]);
  });

  test('an entry deleted from among others is left out', async () => {
    const streams = streamOf();
    await add(streams, count(5));
    await harness.redis.xdel(streams, '4-7');
    expect((await read(harness, { streams, bounded: 'latest' }, { from: { id: '2-7', added: 2 } })).values).toEqual([
      3, 5,
    ]);
  });

  test('bad entries fail, are skipped, or go to a side output, in their place', async () => {
    const streams = streamOf();
    const value = ({ fields }: { readonly fields: Readonly<Record<string, string>> }) => {
      if (Number(fields.n) % 3 === 0) throw new Error(`secret ${fields.n}`);
      return Number(fields.n);
    };
    await add(streams, count(7));
    const failing = read(harness, { streams, bounded: 'latest', value });
    await expect(failing).rejects.toMatchObject({
      code: 'SLUICE_REDIS_STREAM_ENTRY',
      message: expect.not.stringContaining('secret'),
    });
    const skipped = await read(harness, { streams, bounded: 'latest', value, poison: 'skip' });
    expect(skipped.values).toEqual([1, 2, 4, 5, 7]);
    expect(skipped.counted.get('sluice_redis_entries_skipped_total')).toBe(2);
    const poison = { '~accepts': (_: PoisonEntry) => {} };
    const aside = await read(harness, { streams, bounded: 'latest', value, poison });
    expect(
      aside.batches[0]?.sideOutputs?.map(({ before, value }) => [before, (value as PoisonEntry).entry.id]),
    ).toEqual([
      [2, '3-7'],
      [4, '6-7'],
    ]);
    expect(aside.batches[0]?.positionAfter(1)).toEqual({ id: '2-7', added: 2 });
    expect(aside.batches[0]?.positionAfter(2)).toEqual({ id: '4-7', added: 4 });
  });

  test('bytes come as they are; names of prototypes are only names', async () => {
    const streams = streamOf();
    const bytes = Buffer.from([0, 255, 128]);
    await harness.redis.xadd(streams, '*', 'raw', bytes, '__proto__', 'x');
    const seen: unknown[] = [];
    await read(harness, {
      streams,
      bounded: 'latest',
      value(entry) {
        seen.push(new Uint8Array(entry.bytes('raw') ?? []), Object.keys(entry.fields), entry.bytes('none'));
        return 0;
      },
    });
    expect(seen).toEqual([new Uint8Array(bytes), ['raw', '__proto__'], undefined]);
  });

  test('a key that is no stream, and nobody listening, are told', async () => {
    const streams = streamOf();
    await harness.redis.set(streams, 'x');
    await expect(read(harness, { streams })).rejects.toMatchObject({ code: 'SLUICE_REDIS_COMMAND' });
    const nowhere = read(harness, { streams, url: 'redis://127.0.0.1:1' });
    await expect(nowhere).rejects.toMatchObject({ code: 'SLUICE_REDIS_UNREACHABLE', transient: true });
  });

  test('an aborted read ends at once, though it waits for entries', async () => {
    const ended = new AbortController();
    const reading = read(harness, { streams: streamOf(), block: '60s' }, { signal: ended.signal });
    await new Promise((resolve) => setTimeout(resolve, 100));
    ended.abort(new Error('over'));
    await expect(reading).rejects.toThrow('over');
  });
});

describeWithOwnService('redis', 'redisStreamSource on a server that fails', (server) => {
  const harness = new RedisHarness(() => server().endpoint);

  test('each entry is read once, though connections are killed and the server is', async () => {
    const streams = `${harness.prefix}s`;
    const total = 2_000;
    const reading = read(harness, { streams, count: 50, block: '100ms' }, { until: total });
    await expect.poll(async () => String(await harness.redis.client('LIST'))).toContain('cmd=xread');
    for (let from = 1; from <= total; from += 50) {
      const pipeline = harness.redis.pipeline();
      for (const n of count(50, from)) pipeline.xadd(streams, `${n}-0`, 'n', n);
      await pipeline.exec();
      if (from % 250 === 1) await harness.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      if (from !== 1_001) continue;
      await server().stop('kill');
      await server().start();
      await expect.poll(() => harness.redis.status).toBe('ready');
    }
    expect((await reading).values).toEqual(count(total));
  });

  test('what is not pulled is not read: backpressure', async () => {
    const streams = `${harness.prefix}unread`;
    const pipeline = harness.redis.pipeline();
    for (const n of count(100)) pipeline.xadd(streams, `${n}-0`, 'n', n);
    await pipeline.exec();
    const source = redisStreamSource({ url: harness.url, streams, count: 10, value: ({ fields }) => Number(fields.n) });
    const { signal } = new AbortController();
    const [split] = await source.discover(signal);
    const reader = await source.open(recordingContext({}).context);
    if (split === undefined) throw new Error('no split');
    const batches = reader.read(split, undefined, signal)[Symbol.asyncIterator]();
    await batches.next();
    const calls = async () => /cmdstat_eval:calls=(\d+)/.exec(await harness.redis.info('commandstats'))?.[1];
    const before = await calls();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await calls()).toBe(before);
    await batches.return?.();
    await reader.close();
  });

  test('a server that does not come back fails the read, as something that may pass', async () => {
    const streams = `${harness.prefix}gone`;
    const reading = read(harness, { streams, block: '100ms', retryTimeout: '300ms' }, { until: 1 });
    reading.catch(() => {});
    await expect.poll(async () => String(await harness.redis.client('LIST'))).toContain('cmd=xread');
    await server().stop('kill');
    await expect(reading).rejects.toMatchObject({ code: 'SLUICE_REDIS_UNAVAILABLE', transient: true });
    await server().start();
  });
});
