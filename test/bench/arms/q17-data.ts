import { collectGarbage } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { createNexmark, takeBids } from '../nexmark/generator.js';
import { inBatches } from './batch-source.js';

export const DAY = 86_400_000;
export const BIDS = 5_000_000;
/** Bids before the timed part, of the same stream through the same operators. */
export const WARM_UP = 500_000;

/** Some four minutes of bids around a midnight, so that there are two days. */
export function q17Bids(): Bid[][] {
  const nexmark = createNexmark({ rate: 20_000, base: Date.UTC(2026, 0, 2) - 120_000 });
  const batches = inBatches(takeBids(nexmark, WARM_UP + BIDS));
  collectGarbage();
  return batches;
}
