import {
  boundedOutOfOrderness,
  callbackSink,
  createJob,
  fromSource,
  keyBy,
  to,
  tumbling,
  windowJoin,
  withTimestamps,
} from '@sluice/core';
import { filter, map } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { LAG_MS } from './bid-stream.js';
import { eventStream } from './event-stream.js';
import { hashOfNewSeller, SIZE_MS } from './q8-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q8 as a user would write it. */
export async function q8InJob(): Promise<ArmResult> {
  const batches = eventStream();
  const { consume, begins, completed, result } = windowsConsumer(hashOfNewSeller);
  const events$ = fromSource(batchSource(batches, 1, begins)).pipe(
    withTimestamps((event) => event.dateTime, boundedOutOfOrderness(LAG_MS)),
  );
  const auctions$ = events$.pipe(
    filter((event) => event.auction !== undefined),
    map(({ auction }) => auction),
    keyBy(({ seller }) => seller),
  );
  const flow = events$.pipe(
    filter((event) => event.person !== undefined),
    map(({ person }) => person),
    keyBy(({ id }) => id),
    windowJoin(auctions$, { window: tumbling(SIZE_MS) }, ({ id, name }, auction, { window }) => ({
      person: id,
      name,
      auction: auction.id,
      start: window.start,
    })),
    to(callbackSink(consume)),
  );
  await createJob('q8', flow).run();
  completed();
  return result();
}
