import {
  aggregate,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  keyBy,
  monotonousTimestamps,
  sliding,
  to,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import type { ArmResult } from '../arm.js';
import { collectGarbage, Meter } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { batchSource, inBatches } from './batch-source.js';

const SLIDE = 200;
/** As many as bid for in each slide: results are some twentieth of the elements, whatever the overlap. */
const AUCTIONS = 1_000;
/** Twenty seconds of bids fill the longest windows; thirty are timed; the rest comes so that nothing ends in the timed part. */
const WARM_UP = 2_000_000;
const TIMED = 3_000_000;
const REST = 100_000;

/**
 * Counts of bids per auction in windows that begin every 200 ms, so many at a time. The slide is the same for all, so is the number of
 * results for each element: what may differ is what an element costs. Auctions go on, as they do where they last longer than windows;
 * the generator's own last a fraction of a second, and what they cost is the emission of each in every window that it is in.
 *
 * Each bid is in `overlap` windows, so counts add up to `overlap` times the bids.
 */
export async function countsInWindows(overlap: number): Promise<ArmResult> {
  const bids = takeBids(createNexmark({ rate: 100_000 }), WARM_UP + TIMED + REST);
  const batches = inBatches(bids.map((bid): Bid => ({ ...bid, auction: bid.auction % AUCTIONS })));
  bids.length = 0;
  collectGarbage();
  const meter = new Meter(WARM_UP, WARM_UP + TIMED);
  let mark = WARM_UP;
  let elements = 0;
  let results = 0;
  let counted = 0;
  let weighed = 0;
  const auctionOf = (bid: Bid): number => {
    if (++elements === mark) {
      mark = meter.reached();
      if (mark === Number.POSITIVE_INFINITY) meter.completed();
    }
    return bid.auction;
  };
  const flow = fromSource(batchSource(batches)).pipe(
    withTimestamps((bid) => bid.dateTime, monotonousTimestamps(), { every: 0 }),
    keyBy(auctionOf),
    windowBy(sliding(SLIDE * overlap, SLIDE)),
    aggregate(countOf()),
    to(
      callbackSink(({ key, value }) => {
        results++;
        counted += value;
        weighed += value * (key + 1);
      }),
    ),
  );
  await createJob('panes', flow).run();
  return {
    ...meter.result(),
    outputs: counted / overlap,
    checksum: weighed / overlap,
    keys: AUCTIONS,
    notes: { 'results per element': (results / elements).toFixed(3) },
  };
}
