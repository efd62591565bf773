import { simulatedRuns } from '../simulated/rows.js';

/** What became of a mutant. */
export interface Hunt {
  /** The first seed that shows it. */
  readonly caughtBy?: number;
  readonly violation?: string;
  readonly runs: number;
}

/** Runs a simulated row until something is wrong. Arguments: row, mode, the first seed, and how many. The last line on stdout tells. */
async function hunt(row: number, mode: string, first: number, count: number): Promise<Hunt> {
  const run = simulatedRuns[row];
  if (run === undefined) throw new Error(`row ${row} is not simulated`);
  for (let seed = first; seed < first + count; seed++) {
    const violation = await run(mode, seed).then(
      ({ violations }) => violations[0],
      (error) => String(error),
    );
    if (violation !== undefined) return { caughtBy: seed, violation, runs: seed - first + 1 };
  }
  return { runs: count };
}

const [row = '', mode = '', first = '1', count = '1'] = process.argv.slice(2);
console.log(JSON.stringify(await hunt(Number(row), mode, Number(first), Number(count))));
// What a mutant has left hanging does not keep the process.
process.exit(0);
