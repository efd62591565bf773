import { type CaseList, type ConformanceCase, isWanted } from '../kit/case.js';
import type { Settings } from '../kit/settings.js';

/** What became of one case. */
export interface CaseResult {
  readonly id: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped. */
  readonly reason?: string;
  readonly error?: unknown;
  readonly milliseconds: number;
}

/** What a proof has shown. */
export interface ConformanceReport {
  readonly name: string;
  /** With the same one, the same kills are made. */
  readonly seed: number;
  readonly results: readonly CaseResult[];
}

/** Runs one case; never rejects. */
export async function runCase(one: ConformanceCase): Promise<CaseResult> {
  const { id, skipped } = one;
  if (skipped !== undefined) return { id, outcome: 'skipped', reason: skipped, milliseconds: 0 };
  const started = performance.now();
  const milliseconds = (): number => Math.round(performance.now() - started);
  try {
    await one.run();
    return { id, outcome: 'passed', milliseconds: milliseconds() };
  } catch (error) {
    return { id, outcome: 'failed', error, milliseconds: milliseconds() };
  }
}

/** Runs all cases without a test runner, one after the other. */
export async function runCases(name: string, { cases, end }: CaseList, settings: Settings): Promise<ConformanceReport> {
  const results: CaseResult[] = [];
  try {
    for (const one of cases) if (isWanted(one.id, settings)) results.push(await runCase(one));
  } finally {
    await end();
  }
  return { name, seed: settings.seed, results };
}
