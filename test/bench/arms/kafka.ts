import {
  aggregateByKey,
  callbackSink,
  createJob,
  fileCheckpoints,
  fromSource,
  json,
  type Keyed,
  keyBy,
  to,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { Kafka, logLevel } from 'kafkajs';
import type { ArmResult } from '../arm.js';
import { Meter } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { TOPIC_BIDS, TOPIC_WARM_UP, withCountTopic } from './count-topic.js';
import type { Statistics } from './q17-consumer.js';
import { DAY } from './q17-data.js';
import { statistics } from './q17-job.js';
import { inTemporaryFolder } from './temporary-folder.js';

const ALL = TOPIC_WARM_UP + TOPIC_BIDS;

/** q17 from a topic, with its offsets in a checkpoint every second. */
export function q17FromKafka(): Promise<ArmResult> {
  return withCountTopic(({ broker, topic }) =>
    inTemporaryFolder(async (directory) => {
      const meter = new Meter(TOPIC_WARM_UP, ALL);
      // The last result of an auction on a day has all its bids in it.
      const last = new Map<string, Keyed<readonly [number, number], Statistics>>();
      let mark = TOPIC_WARM_UP;
      let outputs = 0;
      const bids = kafkaSource({
        brokers: [broker],
        topic,
        groupId: groupOf('job'),
        value: json<Bid>(),
        startingOffsets: 'earliest',
        bounded: 'latest',
      });
      const flow = fromSource(bids).pipe(
        keyBy((bid) => [Math.floor(bid.dateTime / DAY), bid.auction] as const),
        aggregateByKey(statistics()),
        to(
          callbackSink((result) => {
            last.set(`${result.key[0]} ${result.key[1]}`, result);
            if (++outputs === mark) mark = meter.reached();
          }),
        ),
      );
      const storage = fileCheckpoints(directory);
      await createJob('q17', flow, { checkpoints: { interval: '1s', storage } }).run();
      meter.completed();
      let checksum = 0;
      for (const { key, value } of last.values()) checksum = (checksum + hashOf(key[1], value.bids, value.total)) | 0;
      return { ...meter.result(), outputs, checksum };
    }),
  );
}

/** The same topic by a bare consumer: each value is parsed, and nothing is made of it but what proves that all were read. */
export function kafkajsByHand(): Promise<ArmResult> {
  return withCountTopic(async ({ broker, topic }) => {
    const kafka = new Kafka({ clientId: 'sluice-bench', brokers: broker.split(','), logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: groupOf('hand') });
    const meter = new Meter(TOPIC_WARM_UP, ALL);
    let mark = TOPIC_WARM_UP;
    let outputs = 0;
    let checksum = 0;
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
        consumer
          .run({
            autoCommitInterval: 1_000,
            eachBatch: async ({ batch }) => {
              for (const { value } of batch.messages) {
                const { auction, price } = JSON.parse(`${value}`) as Bid;
                checksum = (checksum + hashOf(auction, 1, price)) | 0;
                if (++outputs === mark) mark = meter.reached();
              }
              if (outputs < ALL) return;
              meter.completed();
              resolve();
            },
          })
          .catch(reject);
      });
      return { ...meter.result(), outputs, checksum };
    } finally {
      await consumer.disconnect();
    }
  });
}

/** Adds up to the same for bids one by one and for all of an auction together. */
function hashOf(auction: number, bids: number, total: number): number {
  return (Math.imul(auction, bids) + Math.imul(total, 0x9e3779b1)) | 0;
}

function groupOf(arm: string): string {
  return `sluice-bench-${arm}-${process.pid}-${Date.now()}`;
}
