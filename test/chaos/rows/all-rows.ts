import type { ChaosRow } from './chaos-row.js';
import { killedAtAPoint } from './killed-at-a-point.js';
import { killedAtRandom } from './killed-at-random.js';

/** The rows of the scorecard that are built; of each, the side with real services and real processes. */
export const allRows: readonly ChaosRow[] = [killedAtRandom, killedAtAPoint];
