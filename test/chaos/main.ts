import { writeFileSync } from 'node:fs';
import { parseOptions } from './options.js';
import { failureLines, heading, resultLine, type Summary, summaries } from './print.js';
import { allRows } from './rows/all-rows.js';
import type { ChaosRow } from './rows/chaos-row.js';
import { notYet } from './rows/not-yet.js';
import { cellsOf, type RowResult, runRow } from './run-row.js';
import { removeAllSites } from './site/open-sites.js';
import { ChaosServers } from './site/servers.js';

const options = parseOptions(process.argv.slice(2));
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const servers = new ChaosServers();

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, async () => {
    await removeAllSites();
    await servers.close();
    process.exit(code);
  });
}

const rows = allRows.filter(({ row }) => options.row === undefined || row === options.row);
if (rows.length === 0) {
  const why = notYet.get(options.row ?? 0);
  process.stderr.write(
    why === undefined
      ? `There is no row ${options.row}. Rows: ${[...new Set(allRows.map(({ row }) => row))].join(', ')}.\n`
      : `Row ${options.row}: not yet, it ${why}.\n`,
  );
  process.exitCode = 2;
} else {
  try {
    await ChaosServers.removeOrphans();
    process.exitCode = await run();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await servers.close();
  }
}

/** Answers the exit code. */
async function run(): Promise<number> {
  const all: Summary[] = [];
  for (const row of rows) {
    const results = await runOne(row);
    all.push(...summaries(row.row, options.seed, results));
    writeFileSync('chaos.json', `${JSON.stringify(all, undefined, 2)}\n`);
  }
  if (options.row === undefined) for (const [row, why] of notYet) say(`Row ${row}: not yet, it ${why}.`);
  if (all.length === 0) {
    process.stderr.write(`Row ${options.row} has no such mode or point.\n`);
    return 2;
  }
  if (options.json) say(JSON.stringify(all));
  return all.some(({ violations }) => violations > 0) ? 1 : 0;
}

async function runOne(row: ChaosRow): Promise<RowResult[]> {
  const runs = options.size === 'runs' ? options.runs : row.counts[options.size];
  const results: RowResult[] = [];
  if (cellsOf(row, options).length === 0) return results;
  say(`Row ${row.row}: ${row.title}; seed ${options.seed}.`);
  say(heading);
  for await (const result of runRow(row, { ...options, runs }, servers)) {
    results.push(result);
    say(resultLine(row.row, result));
    for (const text of failureLines(row.row, result)) say(text);
  }
  return results;
}
