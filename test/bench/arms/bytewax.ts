import type { ArmResult } from '../arm.js';
import { jsonBids } from '../nexmark/write-events.js';
import { runPython } from '../peers/python/python.js';
import { COUNT_BIDS, COUNT_STREAM, COUNT_WARM_UP } from './count-data.js';

/** The fastest of 500, 1,000, 2,000, 5,000 and 20,000. */
const BATCH = 2_000;

/** The keyed count in Bytewax, of the same bids in memory. */
export async function countInBytewax(): Promise<ArmResult> {
  const bids = await jsonBids(COUNT_STREAM, COUNT_WARM_UP + COUNT_BIDS);
  return runPython('bytewax==0.21.1', 'count_bytewax.py', [bids, COUNT_WARM_UP, BATCH]);
}
