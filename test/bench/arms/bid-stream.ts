import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import { BATCH, inBatches } from './batch-source.js';

/**
 * The bids that q5, q7 and q11 see, here and in the peers: those among the events 0, 1, 2, … of `createNexmark({ seed, rate, base })`, in
 * that order, so that timestamps (`dateTime`) never go down. 108 s of event time, as 46 of 50 events are bids.
 */
export const BID_STREAM = { seed: 1, rate: 50_000, base: Date.UTC(2026, 0, 1) } as const;

/** The watermark is the greatest timestamp so far, less this and 1 ms. Windows are of event time, and no bid is late. */
export const LAG_MS = 4_000;

/** Batches before the timed part, of the same stream through the same operators: 22 s, so that windows have ended in it. */
export const WARM_UP_BATCHES = 16;
export const TIMED_BATCHES = sized(60);
export const WARM_UP_BIDS = WARM_UP_BATCHES * BATCH;
export const TIMED_BIDS = TIMED_BATCHES * BATCH;
/** All bids of a run. The end of the input ends all windows. */
export const BIDS = WARM_UP_BIDS + TIMED_BIDS;

export function bidStream(): Bid[][] {
  const batches = inBatches(takeBids(createNexmark(BID_STREAM), BIDS));
  collectGarbage();
  return batches;
}
