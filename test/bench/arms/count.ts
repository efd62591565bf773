import { aggregateByKey, callbackSink, countOf, createJob, fromSource, type Keyed, keyBy, to } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { COUNT_BIDS, COUNT_WARM_UP, countBids, hashOfCount } from './count-data.js';
import { resultConsumer } from './result-consumer.js';

/** A keyed count as a user would write it; no checkpoints. */
export async function countInJob(): Promise<ArmResult> {
  const batches = countBids();
  const { consume, completed, result } = resultConsumer(
    { warmUp: COUNT_WARM_UP, timed: COUNT_BIDS },
    ({ key, value }: Keyed<number, number>) => hashOfCount(key, value),
  );
  const flow = fromSource(batchSource(batches)).pipe(
    keyBy((bid) => bid.auction),
    aggregateByKey(countOf()),
    to(callbackSink(consume)),
  );
  await createJob('count', flow).run();
  completed();
  return result();
}
