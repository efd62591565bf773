import type { Broker, Cluster } from 'kafkajs';
import type { KafkaConnection, OwnConnection } from './connection.js';
import { failureOf } from './failure-of.js';
import { KafkaFailure } from './kafka-failure.js';
import { withOwnDecoding } from './own-decoding.js';
import type { AbortedTransaction, FetchedRecord, RawRecord, VisibleRecords } from './record.js';
import { readRecordSet } from './record-set.js';
import { translated } from './translate.js';
import { visibleRecords } from './visible-records.js';

export interface PartitionFetch {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** At most so many bytes as they are stored; a first batch that is larger comes all the same. */
  readonly maxBytes: number;
}

export interface FetchedPartition {
  readonly topic: string;
  readonly partition: number;
  /** The offset that was asked for. */
  readonly offset: bigint;
  readonly records: readonly FetchedRecord[];
  /** Where to go on: behind what was skipped as well. Equal to `offset`: nothing came. */
  readonly nextOffset: bigint;
  /** The end of what can be read now: the high watermark, or for read-committed the first record of an open transaction. */
  readonly end: bigint;
  /** The first offset there is. −1: not told. */
  readonly logStart: bigint;
  /** Bytes of keys and values. */
  readonly bytes: number;
}

export interface FetchLimits {
  /** Milliseconds that the broker waits while there is nothing. */
  readonly maxWaitTime: number;
  /** Bytes of all partitions together. */
  readonly maxBytes: number;
}

export type OffsetSpec = 'earliest' | 'latest' | { readonly timestamp: number };

/**
 * The partitions of topics, read by offset, without a group. Every method throws a `KafkaFailure`, and never waits for a broker longer
 * than a handful of tries.
 *
 * kafkajs has no such reader: its consumer picks offsets itself, commits what it resets, and stands still behind empty batches. What it
 * does have is the `Cluster` that it hands to partition assigners, whose brokers can be asked for records.
 */
export interface KafkaLog {
  /** The ids of a topic's partitions, ascending. `unknown-topic` when there is none. */
  partitions(topic: string): Promise<readonly number[]>;
  /** The names of all topics that the user may see. */
  topics(): Promise<readonly string[]>;
  /** Asks the brokers anew who leads which partition. */
  refresh(): Promise<void>;
  /** The node that leads the partition; undefined while none does. */
  leader(topic: string, partition: number): number | undefined;
  /** By partition. For a timestamp: the first record at or after it, else the end. For read-committed the end is before open transactions. */
  offsets(topic: string, partitions: readonly number[], spec: OffsetSpec): Promise<ReadonlyMap<number, bigint>>;
  /** What the group has committed, by partition; those without are left out. */
  committed(group: string, topic: string, partitions: readonly number[]): Promise<ReadonlyMap<number, bigint>>;
  /** Why the group has no coordinator for this user; undefined when nothing speaks against it. */
  groupRefusal(group: string): Promise<KafkaFailure | undefined>;
  /** One request to one node, for partitions that it leads. A partition that fails fails the request. */
  fetch(node: number, partitions: readonly PartitionFetch[], limits: FetchLimits): Promise<readonly FetchedPartition[]>;
  /** What is under way fails. */
  close(): Promise<void>;
}

export type Isolation = 'read-committed' | 'read-uncommitted';

interface Answer {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly AnsweredPartition[] }[];
}

type AnsweredPartition = {
  readonly partition: number;
  readonly highWatermark: string;
  readonly lastStableOffset?: string;
  /** kafkajs' name for the start of the log. */
  readonly lastStartOffset?: string;
  readonly abortedTransactions?: readonly AbortedTransaction[] | null;
} & ({ readonly recordSet: Buffer } | { readonly messages: readonly RawRecord[] });

/** @throws KafkaFailure */
export function openLog(connection: KafkaConnection, isolation: Isolation): Promise<KafkaLog> {
  return translated(async () => {
    const own = connection.own();
    const cluster = clusterOf(own, isolation);
    try {
      await cluster.connect();
    } catch (error) {
      own.destroy();
      throw error;
    }
    return kafkaLog(own, cluster, isolation);
  });
}

function clusterOf({ kafka }: OwnConnection, isolation: Isolation): Cluster {
  let found: Cluster | undefined;
  // It never joins: it is made for the cluster that assigners are given.
  kafka.consumer({
    groupId: 'sluice',
    allowAutoTopicCreation: false,
    readUncommitted: isolation === 'read-uncommitted',
    partitionAssigners: [
      ({ cluster }) => {
        found = cluster;
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'none', metadata: NOTHING }),
        };
      },
    ],
  });
  if (found === undefined) throw new KafkaFailure({ kind: 'client', type: 'NO_CLUSTER', retriable: false });
  return found;
}

const NOTHING = Buffer.alloc(0);

function kafkaLog(connection: OwnConnection, cluster: Cluster, isolation: Isolation): KafkaLog {
  const known = async (topic: string) => {
    await cluster.addMultipleTargetTopics([topic]);
    const partitions = cluster.findTopicPartitionMetadata(topic);
    if (partitions.length > 0) return partitions;
    throw new KafkaFailure({ kind: 'unknown-topic', type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true, topic });
  };

  return {
    partitions: (topic) =>
      named(topic, async () => (await known(topic)).map(({ partitionId }) => partitionId).sort((a, b) => a - b)),
    topics: () =>
      translated(async () => {
        // Null when no broker could be asked, whatever its type says.
        const metadata = (await cluster.metadata()) as Awaited<ReturnType<Cluster['metadata']>> | null;
        if (metadata !== null) return metadata.topicMetadata.map(({ topic }) => topic);
        throw new KafkaFailure({ kind: 'connection', type: 'NO_BROKER', retriable: true });
      }),
    refresh: () => translated(() => cluster.refreshMetadata()),
    leader(topic, partition) {
      try {
        const metadata = cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
        return metadata === undefined || metadata.leader < 0 ? undefined : metadata.leader;
      } catch {
        return undefined;
      }
    },
    offsets: (topic, partitions, spec) =>
      named(topic, async () => {
        await known(topic);
        const ask = async (which: { fromBeginning: boolean } | { fromTimestamp: number }) => {
          const wanted = partitions.map((partition) => ({ partition }));
          const [found] = await cluster.fetchTopicsOffset([{ topic, partitions: wanted, ...which }]);
          return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]));
        };
        if (typeof spec === 'string') return ask({ fromBeginning: spec === 'earliest' });
        const ends = await ask({ fromBeginning: false });
        const found = await ask({ fromTimestamp: spec.timestamp });
        for (const [partition, end] of ends) if ((found.get(partition) ?? -1n) < 0n) found.set(partition, end);
        return found;
      }),
    committed: (group, topic, partitions) =>
      named(topic, async () => {
        const coordinator = await cluster.findGroupCoordinator({ groupId: group }).catch(async (error) => {
          throw (await groupRefusal(cluster, group)) ?? error;
        });
        // The type asks for offsets, which such a request has none of.
        const wanted = partitions.map((partition) => ({ partition, offset: '' }));
        const { responses } = await coordinator.offsetFetch({
          groupId: group,
          topics: [{ topic, partitions: wanted }],
        });
        const found = responses.find((response) => response.topic === topic)?.partitions ?? [];
        return new Map(
          found
            .map(({ partition, offset }) => [partition, BigInt(offset)] as const)
            .filter(([, offset]) => offset >= 0n),
        );
      }),
    groupRefusal: (group) => groupRefusal(cluster, group),
    fetch: (node, partitions, limits) =>
      translated(async () => {
        const broker = await cluster.findBroker({ nodeId: `${node}` });
        return fetchFrom(broker, partitions, limits, isolation);
      }),
    async close() {
      // First: disconnecting waits for answers, and a broker may be waiting for records.
      connection.destroy();
      await cluster.disconnect().catch(() => {});
    },
  };
}

/** Looking for a coordinator, kafkajs swallows what brokers answer; asked about the group itself, they tell whether the user may. */
async function groupRefusal(cluster: Cluster, group: string): Promise<KafkaFailure | undefined> {
  try {
    const broker = await cluster.findControllerBroker();
    await broker.describeGroups({ groupIds: [group] });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === 'authorization') return failure;
  }
  return undefined;
}

/** A failure that names no topic is about this one. */
async function named<T>(topic: string, call: () => Promise<T>): Promise<T> {
  try {
    return await translated(call);
  } catch (error) {
    if (!(error instanceof KafkaFailure) || error.topic !== undefined) throw error;
    const { kind, type, retriable, partition, broker } = error;
    throw new KafkaFailure({ kind, type, retriable, topic, partition, broker });
  }
}

async function fetchFrom(
  broker: Broker,
  partitions: readonly PartitionFetch[],
  { maxWaitTime, maxBytes }: FetchLimits,
  isolation: Isolation,
): Promise<readonly FetchedPartition[]> {
  const committed = isolation === 'read-committed';
  const topics = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
  const asked = new Map<string, bigint>();
  for (const { topic, partition, offset, maxBytes } of partitions) {
    const list = topics.get(topic) ?? [];
    topics.set(topic, list);
    list.push({ partition, fetchOffset: `${offset}`, maxBytes });
    asked.set(`${topic}/${partition}`, offset);
  }
  const answer: Answer = await withOwnDecoding(broker).fetch({
    isolationLevel: committed ? 1 : 0,
    maxWaitTime,
    minBytes: 1,
    maxBytes,
    topics: [...topics].map(([topic, list]) => ({ topic, partitions: list })),
  });
  const fetched: FetchedPartition[] = [];
  for (const { topicName: topic, partitions: found } of answer.responses) {
    for (const one of found) {
      const { partition, highWatermark, lastStableOffset, lastStartOffset } = one;
      const offset = asked.get(`${topic}/${partition}`) ?? 0n;
      const end =
        committed && lastStableOffset !== undefined && lastStableOffset !== '-1' ? lastStableOffset : highWatermark;
      fetched.push({
        topic,
        partition,
        offset,
        ...(await recordsOf(one, offset, committed)),
        end: BigInt(end),
        logStart: BigInt(lastStartOffset ?? -1),
      });
    }
  }
  return fetched;
}

async function recordsOf(found: AnsweredPartition, offset: bigint, committed: boolean): Promise<VisibleRecords> {
  const aborted = committed ? found.abortedTransactions : undefined;
  return 'recordSet' in found
    ? readRecordSet(found.recordSet, offset, aborted)
    : visibleRecords(found.messages, offset, aborted);
}
