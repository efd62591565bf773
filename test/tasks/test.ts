import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { failedChecks } from './check.js';
import { root } from './root.js';
import { runTool } from './run-tool.js';
import { countTests, type VitestReport } from './vitest-report.js';

const results = join(root, '.test-results');
const report = join(results, 'vitest.json');

/** `npm test`: all checks and all tests; arguments go to vitest. `.test-results/summary.txt` has the counts in one line. */
export async function test(args: readonly string[]): Promise<number> {
  await rm(results, { recursive: true, force: true });
  await mkdir(results, { recursive: true });

  const checks = await failedChecks();
  const exitCode = checks.includes('build') ? 1 : await runVitest(args);
  const tests = countTests(await readReport(), exitCode);
  const failed = tests.failed + checks.length;

  await writeFile(join(results, 'summary.txt'), `${tests.passed} passed, ${failed} failed\n`);
  if (checks.length > 0) console.log(`Failed checks: ${checks.join(', ')}`);
  console.log(`Tests: ${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

function runVitest(args: readonly string[]): Promise<number> {
  return runTool('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args]);
}

async function readReport(): Promise<VitestReport | undefined> {
  try {
    return JSON.parse(await readFile(report, 'utf8'));
  } catch {
    return undefined;
  }
}
