import {
  aggregate,
  boundedOutOfOrderness,
  callbackSink,
  createJob,
  fromSource,
  maxBy,
  to,
  tumbling,
  windowAll,
  withTimestamps,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { bidStream, LAG_MS } from './bid-stream.js';
import { hashOfHighestBid, SIZE_MS } from './q7-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q7 as a user would write it. */
export async function q7InJob(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfHighestBid);
  const flow = fromSource(batchSource(batches, 1, begins)).pipe(
    withTimestamps((bid) => bid.dateTime, boundedOutOfOrderness(LAG_MS)),
    windowAll(tumbling(SIZE_MS)),
    aggregate(maxBy((bid) => bid.price)),
    to(callbackSink(({ window, value }) => consume({ end: window.end, bid: value }))),
  );
  await createJob('q7', flow).run();
  completed();
  return result();
}
