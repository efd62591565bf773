import { simulateRandomJob } from '../simulate-random-job.js';

/** What became of a mutant. */
export interface Hunt {
  /** The first seed that shows it. */
  readonly caughtBy?: number;
  readonly message?: string;
  readonly runs: number;
}

/** Simulates until something is wrong. Arguments: the first seed, and how many. The last line on stdout tells. */
async function hunt(first: number, count: number): Promise<Hunt> {
  for (let seed = first; seed < first + count; seed++) {
    try {
      await simulateRandomJob(seed);
    } catch (error) {
      return { caughtBy: seed, message: (error as Error).message, runs: seed - first + 1 };
    }
  }
  return { runs: count };
}

const [first = '1', count = '300'] = process.argv.slice(2);
console.log(JSON.stringify(await hunt(Number(first), Number(count))));
