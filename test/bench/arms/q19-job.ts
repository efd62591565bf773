import { callbackSink, createJob, fromSource, type Keyed, keyBy, to, topN } from '@sluice/core';
import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { batchSource } from './batch-source.js';
import { bidStream } from './bid-stream.js';
import { hashOfRanking, RANKED } from './q19-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** q19 as a user would write it; no checkpoints. */
export async function q19InJob(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(({ key, value }: Keyed<number, readonly Bid[]>) =>
    hashOfRanking(key, value),
  );
  const flow = fromSource(batchSource(batches, 1, begins)).pipe(
    keyBy((bid) => bid.auction),
    topN(RANKED, (bid) => bid.price),
    to(callbackSink(consume)),
  );
  await createJob('q19', flow).run();
  completed();
  return result();
}
