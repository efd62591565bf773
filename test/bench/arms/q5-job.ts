import {
  aggregate,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  keyBy,
  reduceOf,
  sliding,
  to,
  tumbling,
  windowAll,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { bidStream, LAG_MS } from './bid-stream.js';
import { hashOfHotItem, SIZE_MS, SLIDE_MS } from './q5-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q5 as a user would write it: counts in sliding windows; those of each window come together in the slide that it ends with. */
export async function q5InJob(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfHotItem);
  const flow = fromSource(batchSource(batches, 1, begins)).pipe(
    withTimestamps((bid) => bid.dateTime, boundedOutOfOrderness(LAG_MS)),
    keyBy((bid) => bid.auction),
    windowBy(sliding(SIZE_MS, SLIDE_MS)),
    aggregate(countOf()),
    windowAll(tumbling(SLIDE_MS)),
    aggregate(reduceOf((a, b) => (b.value > a.value || (b.value === a.value && b.key < a.key) ? b : a))),
    to(callbackSink(({ value: { key, window, value } }) => consume({ end: window.end, auction: key, bids: value }))),
  );
  await createJob('q5', flow).run();
  completed();
  return result();
}
