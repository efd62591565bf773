import {
  aggregateByKey,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  json,
  type Keyed,
  keyBy,
  to,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { hashOfCount } from './count-data.js';
import { TOPIC_BIDS, TOPIC_WARM_UP, withCountTopic } from './count-topic.js';
import { untilLast } from './until-last.js';

/** The keyed count from a topic, offsets committed every five seconds, as the peers do it. */
export function countFromKafka(): Promise<ArmResult> {
  return withCountTopic(async ({ broker, topic }) => {
    const { consume, result } = untilLast(
      { warmUp: TOPIC_WARM_UP, timed: TOPIC_BIDS },
      ({ key, value }: Keyed<number, number>) => hashOfCount(key, value),
    );
    const bids = kafkaSource({
      brokers: [broker],
      topic,
      groupId: `sluice-bench-${process.pid}-${Date.now()}`,
      value: json<Pick<Bid, 'auction' | 'bidder' | 'price' | 'dateTime'>>(),
      startingOffsets: 'earliest',
      bounded: 'latest',
    });
    const flow = fromSource(bids).pipe(
      keyBy((bid) => bid.auction),
      aggregateByKey(countOf()),
      to(callbackSink(consume)),
    );
    await createJob('count', flow).run();
    return result();
  });
}
