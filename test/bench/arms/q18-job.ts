import { aggregateByKey, callbackSink, createJob, fromSource, keyBy, reduceOf, to, values } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { batchSource } from './batch-source.js';
import { hashOfLastBid, Q18_BIDS, Q18_WARM_UP, q18Bids } from './q18-data.js';
import { resultConsumer } from './result-consumer.js';

/** q18 as a user would write it; no checkpoints. */
export async function q18InJob(): Promise<ArmResult> {
  const batches = q18Bids();
  const { consume, completed, result } = resultConsumer({ warmUp: Q18_WARM_UP, timed: Q18_BIDS }, hashOfLastBid);
  const flow = fromSource(batchSource(batches)).pipe(
    keyBy((bid) => [bid.bidder, bid.auction]),
    aggregateByKey(reduceOf<Bid>((last, bid) => (bid.dateTime >= last.dateTime ? bid : last))),
    values(),
    to(callbackSink(consume)),
  );
  await createJob('q18', flow).run();
  completed();
  return result();
}
