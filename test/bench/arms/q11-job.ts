import {
  aggregate,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  keyBy,
  session,
  to,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { bidStream, LAG_MS } from './bid-stream.js';
import { GAP_MS, hashOfSession } from './q11-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q11 as a user would write it. */
export async function q11InJob(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfSession);
  const flow = fromSource(batchSource(batches, 1, begins)).pipe(
    withTimestamps((bid) => bid.dateTime, boundedOutOfOrderness(LAG_MS)),
    keyBy((bid) => bid.bidder),
    windowBy(session(GAP_MS)),
    aggregate(countOf()),
    to(
      callbackSink(({ key, window, value }) =>
        consume({ bidder: key, bids: value, start: window.start, end: window.end }),
      ),
    ),
  );
  await createJob('q11', flow).run();
  completed();
  return result();
}
