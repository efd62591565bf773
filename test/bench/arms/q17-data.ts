import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { sized } from '../size.js';
import { inBatches } from './batch-source.js';

export const DAY = 86_400_000;
export const BIDS = sized(5_000_000);
/** Bids before the timed part, of the same stream through the same operators. */
export const WARM_UP = sized(500_000);

/**
 * The bids of q17, here and in the peers: those among the events 0, 1, 2, … of `createNexmark(Q17_STREAM)`, in that order; some four
 * minutes around a midnight, so that there are two days.
 *
 * q17: the statistics of an auction on a day, counted in whole days since 1970. For each bid there is one result at once, what
 * `Statistics` (q17-consumer.ts) says of all bids of its auction and day so far, this one among them: how many there are, how many of
 * them have a price below 10,000, below 1,000,000, and of 1,000,000 or more, and the least, greatest, mean and added-up price. The
 * checksum, in 32 bits, is 31 times what it was, plus `auction + day + bids·3 + low·5 + middle·7 + high·11 + least·13 + greatest·17 +
 * mean + total` made in doubles and cut to its lowest 32 whole bits: it depends on the order, which is that of the bids.
 */
export const Q17_STREAM = { seed: 1, rate: 20_000, base: Date.UTC(2026, 0, 2) - 120_000 } as const;

export function q17Bids(): Bid[][] {
  const batches = inBatches(takeBids(createNexmark(Q17_STREAM), WARM_UP + BIDS));
  collectGarbage();
  return batches;
}
