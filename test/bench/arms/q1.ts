import { callbackSink, createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { map, Observable } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { collectGarbage, Meter } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { batchSource, inBatches } from './batch-source.js';
import { Q1_BIDS, Q1_ROUNDS, Q1_STREAM, Q1_WARM_UP } from './q1-data.js';

const inEuros = (bid: Bid): number => bid.price * 0.908;

/** The consumer of both arms. */
function consumer() {
  const meter = new Meter(Q1_WARM_UP, Q1_BIDS * Q1_ROUNDS);
  let mark = Q1_WARM_UP;
  let outputs = 0;
  let checksum = 0;
  return {
    consume(price: number): void {
      checksum = (Math.imul(checksum, 31) + (price | 0)) | 0;
      if (++outputs === mark) mark = meter.reached();
    },
    completed: () => meter.completed(),
    result: (notes: ArmResult['notes']): ArmResult => ({
      ...meter.result(),
      outputs,
      checksum,
      ...(notes && { notes }),
    }),
  };
}

function prepared(): Bid[][] {
  const batches = inBatches(takeBids(createNexmark(Q1_STREAM), Q1_BIDS));
  collectGarbage();
  return batches;
}

/** Stock `map` in a job with a checkpoint every second. */
export async function q1InJob(): Promise<ArmResult> {
  const batches = prepared();
  const { consume, completed, result } = consumer();
  const flow = fromSource(batchSource(batches, Q1_ROUNDS)).pipe(map(inEuros), to(callbackSink(consume)));
  const job = createJob('q1', flow, { checkpoints: { interval: '1s', storage: memoryCheckpoints() } });
  let checkpoints = 0;
  job.events.subscribe((event) => {
    if (event.type === 'checkpointCompleted') checkpoints++;
  });
  await job.run();
  completed();
  return result({ checkpoints });
}

/** Plain RxJS, the values given out by the same loop over the same batches. */
export async function q1InRxJS(): Promise<ArmResult> {
  const batches = prepared();
  const { consume, completed, result } = consumer();
  new Observable<Bid>((subscriber) => {
    for (let round = 0; round < Q1_ROUNDS; round++) {
      for (const values of batches) {
        for (let index = 0; index < values.length; index++) subscriber.next(values[index] as Bid);
      }
    }
    subscriber.complete();
  })
    .pipe(map(inEuros))
    .subscribe({ next: consume, complete: completed });
  return result(undefined);
}
