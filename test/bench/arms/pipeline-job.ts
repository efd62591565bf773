import {
  aggregateByKey,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  type Keyed,
  keyBy,
  mapValues,
  to,
} from '@sluice/core';
import { filter } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { batchSource } from './batch-source.js';
import { bidStream } from './bid-stream.js';
import { hashOfCount, inEuros, isEven, isLarge } from './pipeline-data.js';
import { windowsConsumer } from './windows-consumer.js';

/** The pipeline as a user would write it; no checkpoints. */
export async function pipelineInJob(): Promise<ArmResult> {
  const batches = bidStream();
  const { consume, begins, completed, result } = windowsConsumer(({ key, value }: Keyed<number, number>) =>
    hashOfCount(key, value),
  );
  const flow = fromSource(batchSource(batches, 1, begins)).pipe(
    filter(isEven),
    keyBy((bid) => bid.auction),
    mapValues(inEuros),
    aggregateByKey(countOf(isLarge)),
    to(callbackSink(consume)),
  );
  await createJob('pipeline', flow).run();
  completed();
  return result();
}
