import { describe, expect, it } from 'vitest';
import { simulateRandomJob } from './simulate-random-job.js';

/** SIMULATE_RUNS=10000 for more of them, SIMULATE_SEED for where they begin. */
const RUNS = Number(process.env.SIMULATE_RUNS ?? 500);
const SEED = Number(process.env.SIMULATE_SEED ?? 1);

describe(`the engine, in ${RUNS} random jobs from seed ${SEED}`, () => {
  it('keeps its promises under faults, crashes and zombies', async () => {
    let lives = 0;
    let failures = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const report = await simulateRandomJob(seed);
      lives += report.lives;
      failures += report.failures;
    }
    if (RUNS < 100) return;
    expect(lives / RUNS).toBeGreaterThan(3);
    expect(failures / RUNS).toBeGreaterThan(0.5);
  }, 600_000);

  it('does the same for the same seed', async () => {
    for (let seed = SEED; seed < SEED + Math.min(RUNS, 10); seed++) {
      expect(await simulateRandomJob(seed)).toEqual(await simulateRandomJob(seed));
    }
  }, 180_000);
});
