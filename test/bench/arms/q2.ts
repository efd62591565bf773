import { callbackSink, createJob, fromSource, to } from '@sluice/core';
import { filter, map, Observable } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import { BATCH, batchSource, inBatches } from './batch-source.js';
import { StreamTimer } from './stream-timer.js';

/** Bids in memory, given out again and again; the first rounds are not timed. */
const BATCHES = 16;
const WARM_UP_ROUNDS = 4;
const ROUNDS = WARM_UP_ROUNDS + sized(200);

interface Offer {
  readonly auction: number;
  readonly price: number;
}

const isSelected = (bid: Bid): boolean => bid.auction % 123 === 0;
const offerOf = ({ auction, price }: Bid): Offer => ({ auction, price });

/** The consumer of all arms. */
function consumer() {
  const timer = new StreamTimer(WARM_UP_ROUNDS * BATCHES, (ROUNDS - WARM_UP_ROUNDS) * BATCHES);
  let outputs = 0;
  let checksum = 0;
  return {
    consume({ auction, price }: Offer): void {
      checksum = (Math.imul(checksum, 31) + auction + price) | 0;
      outputs++;
    },
    begins: (batch: number) => timer.begins(batch),
    completed: () => timer.completed(),
    result: (): ArmResult => ({ ...timer.result(), outputs, checksum }),
  };
}

function prepared(): Bid[][] {
  const batches = inBatches(takeBids(createNexmark(), BATCHES * BATCH));
  collectGarbage();
  return batches;
}

/** Stock operators in a job; no checkpoints. */
export async function q2InJob(): Promise<ArmResult> {
  const batches = prepared();
  const { consume, begins, completed, result } = consumer();
  const flow = fromSource(batchSource(batches, ROUNDS, begins)).pipe(
    filter(isSelected),
    map(offerOf),
    to(callbackSink(consume)),
  );
  await createJob('q2', flow).run();
  completed();
  return result();
}

/** Plain RxJS, the values given out by a loop over the same batches. */
export async function q2InRxJS(): Promise<ArmResult> {
  const batches = prepared();
  const { consume, begins, completed, result } = consumer();
  new Observable<Bid>((subscriber) => {
    for (let at = 0; at < batches.length * ROUNDS; at++) {
      const values = batches[at % batches.length] as Bid[];
      begins(at);
      for (let index = 0; index < values.length; index++) subscriber.next(values[index] as Bid);
    }
    subscriber.complete();
  })
    .pipe(filter(isSelected), map(offerOf))
    .subscribe({ next: consume, complete: completed });
  return result();
}

/** By hand. */
export async function q2InLoop(): Promise<ArmResult> {
  const batches = prepared();
  const { consume, begins, completed, result } = consumer();
  for (let at = 0; at < batches.length * ROUNDS; at++) {
    begins(at);
    select(batches[at % batches.length] as Bid[], consume);
  }
  completed();
  return result();
}

function select(bids: readonly Bid[], consume: (offer: Offer) => void): void {
  for (let index = 0; index < bids.length; index++) {
    const bid = bids[index] as Bid;
    if (isSelected(bid)) consume(offerOf(bid));
  }
}
