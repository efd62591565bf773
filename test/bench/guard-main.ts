import { readFile } from 'node:fs/promises';
import { enter, stopUsing } from '@sluice/services';
import { ALL_BARS, type BarName } from './bars.js';
import { compare } from './compare.js';
import { regressions, regressionText } from './guard.js';
import { thisMachine } from './machine.js';
import { type BenchEntry, benchEntries } from './report-json.js';
import { reportTable } from './report-table.js';
import { runArm } from './run-arm.js';
import { runArms } from './run-arms.js';

/** Runs of each arm, and of those that seem to have become slower once more. */
const RUNS = 3;
const AGAIN = 7;

/** `npm run bench:guard`: exit 1 when a ratio is far below that in bench.json, and was when it was measured again. */
enter();
try {
  const committed = await readCommitted();
  const known = new Set(committed.map(({ bar }) => bar));
  const first = await measure(
    ALL_BARS.filter((bar) => known.has(bar)),
    RUNS,
  );
  // An arm that no longer runs has no ratio that could have fallen.
  const failed = first.filter(({ state }) => state === 'failed');
  for (const { bar, reason } of failed) process.stdout.write(`FAILED: ${bar}: ${reason}\n`);
  const suspects = regressions(committed, first).map(({ bar }) => bar as BarName);
  const slower = suspects.length === 0 ? [] : regressions(committed, await measure(suspects, AGAIN));
  for (const regression of slower) process.stdout.write(`SLOWER: ${regressionText(regression)}\n`);
  if (slower.length + failed.length > 0) process.exitCode = 1;
  else process.stdout.write('No ratio is far below the committed one.\n');
} finally {
  await stopUsing();
}

async function measure(bars: readonly BarName[], runs: number): Promise<BenchEntry[]> {
  const measured = await runArms(
    bars,
    runs,
    (arm) => runArm(arm),
    (arm, number) => process.stderr.write(`${arm} ${number}/${runs}\n`),
  );
  const machine = thisMachine();
  const comparisons = bars.map((bar) => compare(bar, measured));
  process.stdout.write(`${reportTable(comparisons, { machine, quick: false, all: false })}\n`);
  return benchEntries(comparisons, { machine });
}

async function readCommitted(): Promise<BenchEntry[]> {
  try {
    return JSON.parse(await readFile(new URL('../../bench.json', import.meta.url), 'utf8')) as BenchEntry[];
  } catch (error) {
    throw new Error('There is no bench.json to compare with: `npm run bench` writes it.', { cause: error });
  }
}
