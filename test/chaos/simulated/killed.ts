import { simulateRandomJob } from '../../simulation/simulate-random-job.js';
import { powerLoss } from './power-loss.js';
import type { SimulatedRun } from './simulated-row.js';

const KILLS = 20;

/** Row 1: a random job, killed at random up to 20 times, with all other faults besides. */
export const killed: SimulatedRun = async (mode, seed) => {
  if (mode === 'power loss') return powerLoss(mode, seed);
  try {
    const { lives } = await simulateRandomJob(seed, { crashes: KILLS });
    return { faults: lives, violations: [] };
  } catch (error) {
    return { faults: 1, violations: [(error as Error).message] };
  }
};
