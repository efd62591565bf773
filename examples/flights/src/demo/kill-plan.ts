import { randomFrom } from './random.js';

export interface Kill {
  /** Share of all events, 0 to 1, from which it may happen. */
  readonly from: number;
  /**
   * `anywhere`: at once. `afterCheckpoint`: when the next checkpoint has been published, while its transactions are being committed.
   * `duringCheckpoint`: when the next checkpoint is due, while it is being written.
   */
  readonly moment: 'anywhere' | 'afterCheckpoint' | 'duringCheckpoint';
  /** After that moment, in checkpoint intervals. */
  readonly delay: number;
}

const moments = ['anywhere', 'afterCheckpoint', 'duringCheckpoint'] as const;
const longestDelay = { anywhere: 0.25, afterCheckpoint: 0.025, duringCheckpoint: 0.15 };

/** So many kills spread over the run, each somewhere in its own stretch of it; the same seed gives the same plan. */
export function killPlan(count: number, seed: number): Kill[] {
  const random = randomFrom(seed);
  const offset = Math.floor(random() * moments.length);
  return Array.from({ length: count }, (_, index) => {
    const moment = moments[(index + offset) % moments.length] ?? 'anywhere';
    // The last tenth is left alone: the job might be done before the kill reaches it.
    return { from: ((index + random()) / count) * 0.9, moment, delay: random() * longestDelay[moment] };
  });
}
