import { describe, expect, test } from 'vitest';
import { failureLines } from '../print.js';
import { simulatedRows } from '../rows/simulated.js';
import { simulatedRuns } from './rows.js';

// `npm run chaos` runs them as often as it is told to; these are a few of each, the same ones every time.
const SEEDS = [3, 4];

describe('the simulated rows of the scorecard', () => {
  const cases = simulatedRows.flatMap(({ row, modes }) => modes.map((mode) => [row, mode] as const));

  test.each(cases)('row %i: %s', { timeout: 120_000 }, async (row, mode) => {
    const run = simulatedRuns[row];
    for (const seed of row === 11 ? SEEDS.slice(0, 1) : SEEDS) {
      const report = await run?.(mode, seed);
      expect(report?.violations, `seed ${seed}`).toEqual([]);
    }
  });

  test('do the same for the same seed', async () => {
    for (const row of [13, 14, 15]) {
      const mode = simulatedRows.find((one) => one.row === row)?.modes[0] ?? '';
      expect(await simulatedRuns[row]?.(mode, 9)).toEqual(await simulatedRuns[row]?.(mode, 9));
    }
  });

  test('name what repeats a failure', () => {
    const failed = {
      mode: 'frozen',
      point: undefined,
      runs: 1,
      faults: 1,
      seconds: 1,
      failures: [{ seed: 8, violations: ['lost'] }],
    };
    expect(failureLines(21, failed).at(-1)).toBe(
      '  repeat it: npm run chaos -- --row 21 --mode frozen --seed 8 --runs 1',
    );
    const spaced = { ...failed, mode: 'an hour ahead' };
    expect(failureLines(21, spaced).at(-1)).toContain("--mode 'an hour ahead'");
  });
});
