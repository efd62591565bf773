import { type CaseList, isWanted } from '../kit/case.js';
import type { Settings } from '../kit/settings.js';
import { type CaseResult, runCase } from './report.js';
import { reportTable } from './table.js';
import { runnerOf, type TestRunner } from './test-runner.js';

/** Makes each case a test, and prints the table behind them. At once, where the runner is there at once: Jest takes no tests later. */
export function register(name: string, list: CaseList, settings: Settings): Promise<void> {
  const runner = runnerOf();
  if (runner instanceof Promise) return runner.then((found) => registerWith(found, name, list, settings));
  registerWith(runner, name, list, settings);
  return Promise.resolve();
}

export function registerWith(runner: TestRunner, name: string, { cases, end }: CaseList, settings: Settings): void {
  const results: CaseResult[] = [];
  runner.describe(`conformance of ${name} (seed ${settings.seed})`, () => {
    for (const one of cases.filter(({ id }) => isWanted(id, settings))) {
      if (one.skipped !== undefined) {
        results.push({ id: one.id, outcome: 'skipped', reason: one.skipped, milliseconds: 0 });
        runner.skip(`${one.id} (skipped: ${one.skipped})`);
      } else {
        runner.test(`${one.id}: ${one.title}`, one.timeout, async () => {
          const result = await runCase(one);
          results.push(result);
          if (result.outcome === 'failed') throw result.error;
        });
      }
    }
    runner.afterAll(settings.limit, async () => {
      await end();
      process.stdout.write(reportTable({ name, seed: settings.seed, results: inOrder(results, cases) }));
    });
  });
}

function inOrder(results: readonly CaseResult[], cases: CaseList['cases']): CaseResult[] {
  const byId = new Map(results.map((result) => [result.id, result]));
  return cases.flatMap(({ id }) => byId.get(id) ?? []);
}
