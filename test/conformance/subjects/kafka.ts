import { setTimeout as sleep } from 'node:timers/promises';
import {
  type ConformanceItem,
  type ConformancePlace,
  type SinkConformanceOptions,
  type SourceConformanceOptions,
  sinkConformance,
  sourceConformance,
} from '@sluice/conformance';
import { json } from '@sluice/connector-sdk';
import { type KafkaSourceOptions, kafkaSink, kafkaSource } from '@sluice/kafka';
import kafkajs from 'kafkajs';
import { kafkaConnection } from '../../../connectors/kafka/src/client/connection.js';
import { connectionSettings } from '../../../connectors/kafka/src/client/connection-settings.js';
import { type Isolation, type KafkaLog, openLog } from '../../../connectors/kafka/src/client/kafka-log.js';
import { Endpoint } from '../endpoint.js';
import { isProofChild } from '../proof-child.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

const server = new Endpoint('SLUICE_TEST_KAFKA');
const PARTITIONS = 2;
const NOWHERE = ['127.0.0.1:1'];
const brokers = (): string[] => server.url.split(',');
const partitionOf = (key: string): number => Number(key.split('-')[1] ?? 0) % PARTITIONS;

const clients = new Map<string, Promise<unknown>>();

/** One of each kind for all cases, as connecting takes longer than most of them. */
function kept<R>(name: string, make: () => Promise<R>): Promise<R> {
  const client = (clients.get(name) as Promise<R> | undefined) ?? make();
  clients.set(name, client);
  return client;
}

function client(): kafkajs.Kafka {
  return new kafkajs.Kafka({ brokers: brokers(), logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 10 } });
}

const admin = () =>
  kept('admin', async () => {
    const connected = client().admin();
    await connected.connect();
    return connected;
  });

const producer = () =>
  kept('producer', async () => {
    const { DefaultPartitioner } = kafkajs.Partitioners;
    const connected = client().producer({ idempotent: true, createPartitioner: DefaultPartitioner });
    await connected.connect();
    return connected;
  });

const logOf = (isolation: Isolation): Promise<KafkaLog> =>
  kept(isolation, () => openLog(kafkaConnection(connectionSettings('test', { brokers: brokers() }), silent), isolation));

const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

/** Partitions in which a transaction is open. Markers of one that has just been committed take a moment to arrive. */
async function openTransactions({ id }: ConformancePlace): Promise<number[]> {
  const logs = await Promise.all([logOf('read-committed'), logOf('read-uncommitted')]);
  for (let tries = 0; ; tries++) {
    const [stable, all] = await Promise.all(
      logs.map(async (log) => log.offsets(id, await log.partitions(id), 'latest')),
    );
    const open = partitions.filter((partition) => (stable?.get(partition) ?? 0n) < (all?.get(partition) ?? 0n));
    if (open.length === 0 || tries === 50) return open;
    await sleep(50);
  }
}

async function committed(place: ConformancePlace): Promise<ConformanceItem[]> {
  await openTransactions(place);
  const log = await logOf('read-committed');
  const ends = await log.offsets(place.id, await log.partitions(place.id), 'latest');
  const found: ConformanceItem[] = [];
  for (const [partition, end] of ends) {
    for (let offset = 0n; offset < end; ) {
      const wanted = [{ topic: place.id, partition, offset, maxBytes: 8 << 20 }];
      const limits = { maxWaitTime: 100, maxBytes: 8 << 20 };
      const [answer] = await log.fetch(log.leader(place.id, partition) ?? 0, wanted, limits);
      for (const { value } of answer?.records ?? []) found.push(JSON.parse(String(value)));
      offset = answer?.nextOffset ?? offset;
    }
  }
  return found;
}

const shared = {
  module: import.meta.url,
  environment: () => server.environment,
  limit: '20s',
  async setUp({ id }: ConformancePlace): Promise<void> {
    await (await admin()).createTopics({ waitForLeaders: true, topics: [{ topic: id, numPartitions: PARTITIONS }] });
  },
  async tearDown({ id }: ConformancePlace): Promise<void> {
    const names = (await (await admin()).listTopics()).filter((topic) => topic.startsWith(id));
    await (await admin()).deleteTopics({ topics: names });
  },
} as const;

function records({ id }: ConformancePlace) {
  return {
    brokers: brokers(),
    topic: id,
    key: (item: ConformanceItem) => item.key,
    value: json<ConformanceItem>(),
    partition: (item: ConformanceItem) => partitionOf(item.key),
  };
}

const x: ConformancePlace = { id: 'x', folder: '' };
/** JSON has no way to write it. */
const poison = { element: { id: 1n as never, key: 'key-0', text: '' }, outcome: 'rejected' } as const;

const exactlyOnce: SinkConformanceOptions = {
  ...shared,
  name: 'kafkaSink, transactional',
  guarantee: 'transactional',
  capabilities: { order: true },
  create: (place) =>
    kafkaSink({
      ...records(place),
      ledgerTopic: `${place.id}-ledger`,
      transactionalIdPrefix: place.id,
      maxEpochBytes: 1_000_000,
    }),
  readBack: committed,
  leftovers: async (place) =>
    (await openTransactions(place)).map((partition) => `a transaction in partition ${partition}`),
  poison,
  unreachable: () => kafkaSink({ ...records(x), brokers: NOWHERE, connectionTimeout: '500ms' }),
  invalidOptions: {
    'no topic': () => kafkaSink({ ...records(x), topic: '' }),
    'no brokers': () => kafkaSink({ ...records(x), brokers: [] }),
    'no value': () => kafkaSink({ ...records(x), value: undefined as never }),
    'an epoch of no bytes': () => kafkaSink({ ...records(x), maxEpochBytes: 0 }),
  },
};

const atLeastOnce: SinkConformanceOptions = {
  ...shared,
  name: 'kafkaSink, at-least-once',
  guarantee: 'at-least-once',
  capabilities: { order: true },
  create: (place) => kafkaSink({ ...records(place), guarantee: 'at-least-once', batchRecords: 200 }),
  readBack: committed,
  poison,
  unreachable: () =>
    kafkaSink({ ...records(x), guarantee: 'at-least-once', brokers: NOWHERE, connectionTimeout: '500ms' }),
  invalidOptions: {
    'no records in a batch': () => kafkaSink({ ...records(x), guarantee: 'at-least-once', batchRecords: 0 }),
  },
};

function sourceOptions({ id }: ConformancePlace): KafkaSourceOptions<ConformanceItem> {
  return {
    brokers: brokers(),
    topic: id,
    groupId: `${id}-group`,
    value: json<ConformanceItem>(),
    startingOffsets: 'earliest',
  };
}

const source: SourceConformanceOptions<ConformanceItem> = {
  ...shared,
  name: 'kafkaSource',
  bounded: false,
  quiet: '500ms',
  create: (place) => kafkaSource(sourceOptions(place)),
  async append({ id }, items) {
    const messages = items.map((item) => ({
      key: item.key,
      partition: partitionOf(item.key),
      value: JSON.stringify(item),
    }));
    if (messages.length > 0) await (await producer()).send({ topic: id, acks: -1, messages });
  },
  poison: {
    append: async ({ id }, key) => {
      await (await producer()).send({ topic: id, acks: -1, messages: [{ partition: partitionOf(key), value: '{' }] });
    },
    outcome: 'fails',
  },
  unreachable: () => kafkaSource({ ...sourceOptions(x), brokers: NOWHERE, connectionTimeout: '500ms', retryFor: '1s' }),
  invalidOptions: {
    'no group': () => kafkaSource({ ...sourceOptions(x), groupId: '' }),
    'no topic': () => kafkaSource({ ...sourceOptions(x), topic: [] }),
    'no buffer': () => kafkaSource({ ...sourceOptions(x), bufferRecords: 0 }),
  },
};

/** Makes the tests; in a child process, runs the pipeline of one of them. */
export async function proveKafka(url?: () => string, module: string = import.meta.url): Promise<void> {
  server.use(url);
  await sinkConformance({ ...exactlyOnce, module });
  await sinkConformance({ ...atLeastOnce, module });
  await sourceConformance({ ...source, module });
}

if (isProofChild()) await proveKafka();
