import fc from 'fast-check';
import { compareTriggers, triggerScripts } from '../../oracle/trigger-script.js';
import { compareWindows, windowScripts } from '../../oracle/window-script.js';
import type { SimulatedRun } from './simulated-row.js';

type Case = () => string | undefined;

const kinds: readonly ((seed: number) => Case)[] = [
  (seed) => caseOf(windowScripts.tumbling, compareWindows, seed),
  (seed) => caseOf(windowScripts.sliding, compareWindows, seed),
  (seed) => caseOf(windowScripts.sessions, compareWindows, seed),
  (seed) => caseOf(triggerScripts, compareTriggers, seed),
];

/** Row 22: elements in random order, some of them late, windows, merging sessions, triggers and evictors, and restores in between. */
export const oracle: SimulatedRun = async (_mode, seed) => {
  const violation = kinds[seed % kinds.length]?.(seed)();
  return { faults: 1, violations: violation === undefined ? [] : [violation] };
};

/** One case; a failing one is made smaller. */
function caseOf<T>(scripts: fc.Arbitrary<T>, compare: (script: T) => void, seed: number): Case {
  return () => {
    const details = fc.check(fc.property(scripts, compare), { seed, numRuns: 1, unbiased: true });
    return details.failed ? fc.defaultReportMessage(details) : undefined;
  };
}
