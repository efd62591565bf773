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
import { createTopics } from '../../kafka/create-topics.js';
import { isProofChild } from '../proof-child.js';
import { ProxiedEndpoint, type ProxiedServer } from '../proxied-endpoint.js';

const silent = { debug() {}, info() {}, warn() {}, error() {} };

const server = new ProxiedEndpoint('SLUICE_TEST_KAFKA');
const PARTITIONS = 2;
/** Milliseconds within which a busy broker has ended a transaction that it has committed. */
const MARKERS = 20_000;
const NOWHERE = ['127.0.0.1:1'];
const brokers = (): string[] => [server.url];
const partitionOf = (key: string): number => Number(key.split('-')[1] ?? 0) % PARTITIONS;

async function withClient<C extends { connect(): Promise<void>; disconnect(): Promise<void> }, R>(
  make: (kafka: kafkajs.Kafka) => C,
  use: (client: C) => Promise<R>,
): Promise<R> {
  const { NOTHING } = kafkajs.logLevel;
  const client = make(new kafkajs.Kafka({ brokers: brokers(), logLevel: NOTHING, retry: { retries: 10 } }));
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.disconnect();
  }
}

const withAdmin = <R>(use: (admin: kafkajs.Admin) => Promise<R>): Promise<R> =>
  withClient((kafka) => kafka.admin(), use);

/** Another one each time: a producer does not find topics that are made after it has connected. */
function send(topic: string, messages: kafkajs.Message[]): Promise<void> {
  const { DefaultPartitioner } = kafkajs.Partitioners;
  const options = { idempotent: true, createPartitioner: DefaultPartitioner };
  return withClient(
    (kafka) => kafka.producer(options),
    async (producer) => {
      if (messages.length > 0) await producer.send({ topic, acks: -1, messages });
    },
  );
}

async function withLog<R>(isolation: Isolation, use: (log: KafkaLog) => Promise<R>): Promise<R> {
  const log = await openLog(kafkaConnection(connectionSettings('test', { brokers: brokers() }), silent), isolation);
  try {
    return await use(log);
  } finally {
    await log.close();
  }
}

const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);

const ends = async (log: KafkaLog, topic: string): Promise<ReadonlyMap<number, bigint>> =>
  log.offsets(topic, await log.partitions(topic), 'latest');

/** Partitions in which a transaction is open. Markers of one that has just been committed take a moment to arrive. */
function openTransactions({ id }: ConformancePlace): Promise<number[]> {
  return withLog('read-committed', (stable) =>
    withLog('read-uncommitted', async (all) => {
      for (const deadline = Date.now() + MARKERS; ; ) {
        const [until, end] = [await ends(stable, id), await ends(all, id)];
        const open = partitions.filter((partition) => (until.get(partition) ?? 0n) < (end.get(partition) ?? 0n));
        if (open.length === 0 || Date.now() > deadline) return open;
        await sleep(50);
      }
    }),
  );
}

async function committed(place: ConformancePlace): Promise<ConformanceItem[]> {
  await openTransactions(place);
  return withLog('read-committed', async (log) => {
    const found: ConformanceItem[] = [];
    for (const [partition, end] of await ends(log, place.id)) {
      for (let offset = 0n; offset < end; ) {
        const wanted = [{ topic: place.id, partition, offset, maxBytes: 8 << 20 }];
        const limits = { maxWaitTime: 100, maxBytes: 8 << 20 };
        const [answer] = await log.fetch(log.leader(place.id, partition) ?? 0, wanted, limits);
        for (const { value } of answer?.records ?? []) found.push(JSON.parse(String(value)));
        offset = answer?.nextOffset ?? offset;
      }
    }
    return found;
  });
}

const shared = {
  module: import.meta.url,
  environment: () => server.environment,
  // Of a step, only to end one that hangs.
  limit: '60s',
  loseConnections: () => server.loseConnections(),
  async setUp({ id }: ConformancePlace): Promise<void> {
    const topics = [{ topic: id, numPartitions: PARTITIONS }];
    await withAdmin((admin) => createTopics(admin, topics));
  },
  async tearDown({ id }: ConformancePlace): Promise<void> {
    await withAdmin(async (admin) => {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(id));
      await admin.deleteTopics({ topics });
    });
  },
} as const;

function records({ id }: ConformancePlace) {
  return {
    brokers: [server.proxy],
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
    brokers: [server.proxy],
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
    const message = (item: ConformanceItem) => ({ partition: partitionOf(item.key), value: JSON.stringify(item) });
    await send(id, items.map(message));
  },
  poison: {
    append: ({ id }, key) => send(id, [{ partition: partitionOf(key), value: '{' }]),
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
export async function proveKafka(at?: ProxiedServer, module: string = import.meta.url): Promise<void> {
  server.use(at);
  await sinkConformance({ ...exactlyOnce, module });
  await sinkConformance({ ...atLeastOnce, module });
  await sourceConformance({ ...source, module });
}

if (isProofChild()) await proveKafka();
