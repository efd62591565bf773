import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { npmPackages } from '../peers/npm/packages.js';
import { COUNT_BIDS, COUNT_WARM_UP, countBids, hashOfCount } from './count-data.js';
import { resultConsumer } from './result-consumer.js';

const VERSION = '5.0.0';

/** The fastest of 100, 500, 1,000, 2,000, 5,000 and 10,000. */
const CHUNK = 100;

/** A bid goes out as it came in, with a field for the count. */
type Counted = Bid & { count: number };

interface Stream {
  countByKey(field: string, count: string): Stream;
  forEach(consume: (bid: Counted) => void): void;
  writeToStream(messages: readonly Bid[]): void;
}

interface KafkaStreams {
  new (config: object): { getKStream(topic: string | null): Stream };
}

/**
 * The keyed count in kafka-streams of nodefluent, of the same bids in memory, written to a stream that has no topic: its clients (one wants
 * Node 12, the other one requests that Kafka 4 has no more) reach no broker of today. What was written has come out before more
 * is: it has no bounds, and would hold a promise for each bid.
 */
export async function countInNodefluent(): Promise<ArmResult> {
  const require = await npmPackages({ 'kafka-streams': VERSION });
  const { KafkaStreams } = require('kafka-streams') as { KafkaStreams: KafkaStreams };
  const batches = countBids();
  const { consume, completed, result } = resultConsumer(
    { warmUp: COUNT_WARM_UP, timed: COUNT_BIDS },
    ({ auction, count }: Counted) => hashOfCount(auction, count),
  );
  const stream = new KafkaStreams({ kafkaHost: 'localhost:9092', groupId: 'count', logger: {} }).getKStream(null);
  await new Promise<void>((resolve) => {
    const chunks = chunksOf(batches);
    let pending = 0;
    const writeMore = (): void => {
      const { value } = chunks.next();
      if (value === undefined) {
        resolve();
        return;
      }
      pending = value.length;
      stream.writeToStream(value);
    };
    stream.countByKey('auction', 'count').forEach((bid) => {
      consume(bid);
      if (--pending === 0) setImmediate(writeMore);
    });
    // Its first subscription is made in a later turn.
    setImmediate(writeMore);
  });
  completed();
  return result({ 'kafka-streams': VERSION });
}

function* chunksOf(batches: readonly (readonly Bid[])[]): Generator<Bid[], undefined> {
  for (const batch of batches) for (let at = 0; at < batch.length; at += CHUNK) yield batch.slice(at, at + CHUNK);
}
