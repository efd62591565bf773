import type { ConsumerCrashEvent, ConsumerGroupJoinEvent } from 'kafkajs';
import { assigners } from './assigners.js';
import type { KafkaConnection } from './connection.js';
import { failureOf } from './failure-of.js';
import { KafkaFailure } from './kafka-failure.js';
import { translated } from './translate.js';

export interface GroupOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** Milliseconds. */
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  readonly rebalanceTimeout: number;
  /** A new generation of the group: the partitions that this member is to read, by topic. */
  assigned(partitions: ReadonlyMap<string, readonly number[]>): void;
  /** The group is being shared out anew. */
  rebalancing(): void;
  /** It is no member any more, or has never become one, and will not by itself. Called once. */
  failed(failure: KafkaFailure): void;
}

export interface GroupOffset {
  readonly topic: string;
  readonly partition: number;
  /** The next one to read. */
  readonly offset: bigint;
}

/** A member of a consumer group: told which partitions are its own, and allowed to commit offsets. It reads nothing. */
export interface GroupMember {
  /** @throws KafkaFailure, also while it has not joined */
  commit(offsets: readonly GroupOffset[]): Promise<void>;
  /** Leaves the group. */
  close(): Promise<void>;
}

/** Milliseconds of kafkajs' loop between two looks at whether a heartbeat is due. */
const TICK = 250;
/** Milliseconds to leave in: a member whose request to join is not answered yet cannot leave, and is cut off. */
const LEAVING = 1_000;

/**
 * Joins the group, in the background. kafkajs' consumer keeps the membership alive and has all its partitions paused from the moment it
 * gets them, so that it never fetches, seeks, resets or commits by itself, and its heartbeats wait for nobody's handler.
 */
export function joinGroup(connection: KafkaConnection, options: GroupOptions): GroupMember {
  const { group, topics, sessionTimeout, heartbeatInterval, rebalanceTimeout } = options;
  const own = connection.own();
  const consumer = own.kafka.consumer({
    groupId: group,
    partitionAssigners: [...assigners],
    allowAutoTopicCreation: false,
    sessionTimeout,
    heartbeatInterval,
    rebalanceTimeout,
    maxWaitTimeInMs: TICK,
    // Whether to join again is decided by whoever is told of the crash.
    retry: { restartOnFailure: async () => false },
  });
  let joined = false;
  let closed = false;
  const fail = (error: unknown): void => {
    if (closed) return;
    closed = true;
    joined = false;
    own.destroy();
    options.failed(failureOf(error));
  };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }: ConsumerGroupJoinEvent) => {
    if (closed) return;
    // Called before the first fetch of the new generation.
    consumer.pause(topics.map((topic) => ({ topic })));
    const partitions = new Map(Object.entries(payload.memberAssignment));
    // Not before the consumer calls itself running: until then it takes commits and does nothing with them.
    setImmediate(() => {
      if (closed) return;
      joined = true;
      options.assigned(partitions);
    });
  });
  consumer.on(consumer.events.REBALANCING, () => options.rebalancing());
  consumer.on(consumer.events.CRASH, ({ payload }: ConsumerCrashEvent) => fail(payload.error));
  const join = async (): Promise<void> => {
    await consumer.connect();
    await consumer.subscribe({ topics: [...topics], fromBeginning: true });
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async () => {} });
  };
  join().catch(fail);

  return {
    commit: (offsets) =>
      translated(async () => {
        if (!joined) throw new KafkaFailure({ kind: 'broker', type: 'NOT_JOINED', retriable: true });
        await consumer.commitOffsets(
          offsets.map(({ topic, partition, offset }) => ({ topic, partition, offset: `${offset}` })),
        );
      }),
    async close() {
      if (closed) return;
      closed = true;
      joined = false;
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, LEAVING);
      });
      await Promise.race([consumer.disconnect().catch(() => {}), late]);
      clearTimeout(timer);
      own.destroy();
    },
  };
}
