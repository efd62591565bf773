import { writeFile } from 'node:fs/promises';
import { enter, stopUsing } from '@sluice/services';
import { CommanderError } from 'commander';
import { BARS } from './bars.js';
import { type BenchOptions, parseCommandLine } from './command-line.js';
import { compare } from './compare.js';
import { thisMachine } from './machine.js';
import { profile } from './profile.js';
import { atRoot, keep, publish } from './publish.js';
import { reportHtml } from './report-html.js';
import { benchEntries } from './report-json.js';
import { reportTable } from './report-table.js';
import { runArm } from './run-arm.js';
import { runArms } from './run-arms.js';
import { Unavailable } from './unavailable.js';

/** `npm run bench`: exit 1 when an arm failed or two computed different results, whatever the ratios are. */
try {
  await bench(parseCommandLine(process.argv.slice(2)));
} catch (error) {
  // What is wrong with the command line has been said.
  if (!(error instanceof CommanderError)) process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}

async function bench({ bars, runs, json, quick, all, profile: profiled }: BenchOptions): Promise<void> {
  const environment: Readonly<Record<string, string>> = quick ? { SLUICE_BENCH_QUICK: '1' } : {};
  // A server that an arm starts, and what is in it, is there for the arms behind it.
  enter();
  try {
    const measured = await runArms(
      bars,
      runs,
      (arm) => runArm(arm, environment),
      (arm, number, outcome) => process.stderr.write(`${arm} ${number}/${runs}: ${outcomeText(outcome)}\n`),
    );
    const machine = thisMachine();
    const comparisons = bars.map((bar) => compare(bar, measured));
    process.stdout.write(`${reportTable(comparisons, { machine, quick, all })}\n`);
    const failed = comparisons.some((comparison) => 'state' in comparison && comparison.state === 'failed');
    const entries = benchEntries(comparisons, { machine, quick });
    if (all) {
      await writeFile(atRoot('bench.html'), await reportHtml(entries));
      if (failed) process.stdout.write('Nothing goes into bench.json: an arm failed.\n');
      else await (quick ? keep(entries) : publish(entries));
    }
    if (profiled)
      for (const arm of new Set(bars.map((bar) => BARS[bar].ours))) process.stdout.write(`${await profile(arm)}\n`);
    if (json) process.stdout.write(`${JSON.stringify(entries)}\n`);
    if (failed) process.exitCode = 1;
  } finally {
    await stopUsing();
  }
}

function outcomeText(outcome: Awaited<ReturnType<typeof runArm>> | Error): string {
  if (outcome instanceof Unavailable) return `not available: ${outcome.message}`;
  if (outcome instanceof Error) return `FAILED: ${outcome.message}`;
  return `${outcome.wallMs.toFixed(1)} ms, ${outcome.cpuMs.toFixed(0)} ms of CPU`;
}
