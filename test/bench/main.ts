import { writeFile } from 'node:fs/promises';
import { CommanderError } from 'commander';
import { parseCommandLine } from './command-line.js';
import { compare } from './compare.js';
import { reportJson, reportText } from './report.js';
import { runArm } from './run-arm.js';
import { runArms } from './run-arms.js';
import { Unavailable } from './unavailable.js';

/** `npm run bench -- [--bar NAME] [--runs N] [--json]`: exit 1 when arms differ in what they put out, whatever the ratios are. */
try {
  const { bars, runs, json, all } = parseCommandLine(process.argv.slice(2));
  const measured = await runArms(bars, runs, runArm, (arm, number, outcome) => {
    const text =
      outcome instanceof Unavailable
        ? `not available: ${outcome.message}`
        : `${outcome.wallMs.toFixed(1)} ms, ${outcome.cpuMs.toFixed(0)} ms of CPU`;
    process.stderr.write(`${arm} ${number}/${runs}: ${text}\n`);
  });
  const comparisons = bars.map((bar) => compare(bar, measured));
  process.stdout.write(`${reportText(comparisons)}\n`);
  if (all) await writeFile(new URL('../../bench.json', import.meta.url), `${reportJson(comparisons)}\n`);
  if (json) process.stdout.write(`${reportJson(comparisons)}\n`);
} catch (error) {
  // What is wrong with the command line has been said.
  if (!(error instanceof CommanderError)) process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = error instanceof CommanderError ? error.exitCode : 1;
}
