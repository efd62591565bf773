import {
  type ConformanceItem,
  type ConformancePlace,
  type SinkConformanceOptions,
  type SourceConformanceOptions,
  sinkConformance,
  sourceConformance,
} from '@sluice/conformance';
import {
  type RedisHashSinkOptions,
  type RedisStreamSourceOptions,
  redisHashSink,
  redisStreamSource,
  type StreamPosition,
  type StreamSplit,
} from '@sluice/redis';
import { Redis } from 'ioredis';
import { isProofChild } from '../proof-child.js';
import { ProxiedEndpoint, type ProxiedServer } from '../proxied-endpoint.js';

const server = new ProxiedEndpoint('SLUICE_TEST_REDIS');
const NOWHERE = 'redis://me:very-secret@127.0.0.1:1';

async function withClient<R>(use: (client: Redis) => Promise<R>): Promise<R> {
  const client = new Redis(server.url, { maxRetriesPerRequest: 3 });
  client.on('error', () => {});
  try {
    return await use(client);
  } finally {
    client.disconnect();
  }
}

/** Every key of a place, whatever the sinks keep beside their own. */
function keysOf(client: Redis, { id }: ConformancePlace): Promise<string[]> {
  return client.keys(`*${id}*`);
}

const shared = {
  module: import.meta.url,
  environment: () => server.environment,
  secrets: ['very-secret'],
  async tearDown(place: ConformancePlace): Promise<void> {
    await withClient(async (client) => {
      const keys = await keysOf(client, place);
      if (keys.length > 0) await client.del(...keys);
    });
  },
  loseConnections: () => server.loseConnections(),
};

function hashOptions({ id }: ConformancePlace): RedisHashSinkOptions<ConformanceItem> {
  return {
    url: server.proxy,
    prefix: `${id}:`,
    key: (item) => item.key,
    fields: (item) => ({ id: item.id, text: item.text }),
    maxBatchCount: 100,
  };
}

const x: ConformancePlace = { id: 'x', folder: '' };

const poisoned: ConformanceItem = { id: -1, key: 'poisoned', text: '' };

const hashProof: SinkConformanceOptions = {
  ...shared,
  name: 'redisHashSink',
  guarantee: 'idempotent',
  capabilities: { order: 'a hash keeps the newest of each key only' },
  create: (place) => redisHashSink(hashOptions(place)),
  async setUp(place) {
    await withClient((client) => client.set(`${place.id}:${poisoned.key}`, 'no hash'));
  },
  // Something else is under its key: the server refuses it.
  poison: { element: poisoned, outcome: 'rejected' },
  readBack: ({ id }) =>
    withClient(async (client) => {
      const keys = await client.keys(`${id}:key-*`);
      return Promise.all(
        keys.map(async (key) => {
          const { id: item = '', text = '' } = await client.hgetall(key);
          return { id: Number(item), key: key.slice(id.length + 1), text };
        }),
      );
    }),
  unreachable: () => redisHashSink({ ...hashOptions(x), url: NOWHERE, connectTimeout: '1s', retryTimeout: '1s' }),
  invalidOptions: {
    'no key': () => redisHashSink({ ...hashOptions(x), key: undefined as never }),
    'no fields': () => redisHashSink({ ...hashOptions(x), fields: undefined as never }),
    'a batch of nothing': () => redisHashSink({ ...hashOptions(x), maxBatchCount: 0 }),
  },
};

const STREAMS = 2;

function streamOf({ id }: ConformancePlace, key: string): string {
  return `${id}:stream-${Number(key.split('-')[1]) % STREAMS}`;
}

function streamOptions(place: ConformancePlace): RedisStreamSourceOptions<ConformanceItem> {
  return {
    url: server.proxy,
    streams: [streamOf(place, 'key-0'), streamOf(place, 'key-1')],
    value: ({ fields }) => JSON.parse(fields.item ?? ''),
    count: 50,
    block: '1s',
  };
}

const streamProof: SourceConformanceOptions<ConformanceItem, StreamSplit, StreamPosition> = {
  ...shared,
  name: 'redisStreamSource',
  bounded: false,
  create: (place) => redisStreamSource(streamOptions(place)),
  append: (place, items) =>
    withClient(async (client) => {
      const pipeline = client.pipeline();
      for (const item of items) pipeline.xadd(streamOf(place, item.key), '*', 'item', JSON.stringify(item));
      for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
    }),
  maxBatch: 50,
  unreachable: () => redisStreamSource({ ...streamOptions(x), url: NOWHERE, connectTimeout: '1s', retryTimeout: '1s' }),
  invalidOptions: {
    'no streams': () => redisStreamSource({ ...streamOptions(x), streams: [] }),
    'no value': () => redisStreamSource({ ...streamOptions(x), value: undefined as never }),
  },
  poison: {
    append: (place, key) =>
      withClient(async (client) => void (await client.xadd(streamOf(place, key), '*', 'item', '{'))),
    outcome: 'fails',
  },
};

/** Makes the tests; in a child process, runs the pipeline of one of them. */
export async function proveRedis(at?: ProxiedServer, module: string = import.meta.url): Promise<void> {
  server.use(at);
  await sinkConformance({ ...hashProof, module });
  await sourceConformance({ ...streamProof, module });
}

if (isProofChild()) await proveRedis();
