import type { ArmResult } from './arm.js';
import type { ArmName } from './arms.js';
import { BARS, type BarName } from './bars.js';
import type { ArmRuns } from './compare.js';

/**
 * Runs the arms of some bars side by side: one run of each, then the next of each, so that what else the machine does falls on
 * all of them. Every second time the other way round. An arm that fails, or that this machine cannot run, is not asked again, and
 * keeps no other from going on.
 */
export async function runArms(
  bars: readonly BarName[],
  runs: number,
  run: (arm: ArmName) => Promise<ArmResult>,
  tell: (arm: ArmName, number: number, outcome: ArmResult | Error) => void,
): Promise<ArmRuns> {
  const arms = [...new Set(bars.flatMap((bar) => [BARS[bar].ours, BARS[bar].other]))];
  const results = new Map<ArmName, ArmResult[] | Error>(arms.map((arm) => [arm, []]));
  for (let number = 1; number <= runs; number++) {
    for (const arm of number % 2 === 1 ? arms : [...arms].reverse()) {
      const before = results.get(arm);
      if (!Array.isArray(before)) continue;
      const outcome = await run(arm).catch((error: Error) => error);
      if (outcome instanceof Error) results.set(arm, outcome);
      else before.push(outcome);
      tell(arm, number, outcome);
    }
  }
  return results;
}
