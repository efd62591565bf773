import { loadSimulatedRuns } from '../simulated/bundle.js';
import type { ChaosRow, RunCounts } from './chaos-row.js';

const CLOCKS = ['an hour ahead', 'an hour behind', 'frozen', 'backwards'];
const SINKS = ['transactional', 'idempotent'];

function simulated(row: number, title: string, modes: readonly string[], counts: RunCounts): ChaosRow {
  return {
    row,
    title: `${title} (simulated)`,
    needs: [],
    modes,
    counts,
    run: async ({ mode, seed }) => {
      const run = (await loadSimulatedRuns())[row];
      if (run === undefined) throw new Error(`row ${row} is not simulated`);
      return run(mode, seed);
    },
  };
}

/** The engine itself, under a virtual clock. Nothing is needed for them. */
export const simulatedRows: readonly ChaosRow[] = [
  simulated(1, 'killed at random, up to 20 times', ['simulated', 'power loss'], { quick: 10, release: 10_000 }),
  simulated(11, 'each byte of a checkpoint cut off or damaged', SINKS, { quick: 1, release: 10 }),
  simulated(12, 'no space, I/O errors, failed renames and syncs', SINKS, { quick: 12, release: 1_000 }),
  simulated(13, 'checkpoints past their timeout', SINKS, { quick: 12, release: 1_000 }),
  simulated(14, 'completion notices repeated, late, skipped', ['simulated'], { quick: 20, release: 5_000 }),
  simulated(15, 'inputs of different speed at a barrier', ['simulated'], { quick: 16, release: 5_000 }),
  simulated(21, 'the clock is set, stands still, goes back', CLOCKS, { quick: 6, release: 500 }),
  simulated(22, 'windows against a brute-force oracle', ['random'], { quick: 150, release: 10_000 }),
];
