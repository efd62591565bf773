import { startShared } from '@sluice/services';
import type { Point } from './faults/fault.js';
import { parseOptions } from './options.js';
import { failureLines, heading, resultLine, summaries } from './print.js';
import { allRows } from './rows/all-rows.js';
import type { ChaosRow } from './rows/chaos-row.js';
import { type RowResult, runRow } from './run-row.js';
import { ChaosServers } from './site/servers.js';
import { removeAllSites } from './site/site.js';

const options = parseOptions(process.argv.slice(2));
const row = allRows.find((candidate) => candidate.row === options.row);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

let servers: ChaosServers | undefined;
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, async () => {
    await removeAllSites();
    await servers?.close();
    process.exit(code);
  });
}

if (row === undefined) {
  const built = allRows.map((each) => each.row).join(', ');
  process.stderr.write(`Row ${options.row} is not yet built. Rows that are: ${built}.\n`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await run(row);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Answers the exit code. */
async function run(row: ChaosRow): Promise<number> {
  const results: RowResult[] = [];
  servers = new ChaosServers((await startShared('postgres', 'until stopped')).endpoint);
  try {
    say(`Row ${row.row}: ${row.title}; seed ${options.seed}.`);
    say(heading);
    for await (const result of runRow(row, { ...options, point: options.point as Point | undefined }, servers)) {
      results.push(result);
      say(resultLine(row.row, result));
      for (const text of failureLines(row.row, result)) say(text);
    }
  } finally {
    await servers.close();
  }
  if (results.length === 0) {
    process.stderr.write(`Row ${row.row} has no such mode or point.\n`);
    return 2;
  }
  if (options.json) say(JSON.stringify(summaries(row.row, options.seed, results)));
  return results.some(({ failures }) => failures.length > 0) ? 1 : 0;
}
