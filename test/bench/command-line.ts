import { Command, InvalidArgumentError, Option } from 'commander';
import { ALL_BARS, type BarName, SELECTIONS } from './bars.js';

export interface BenchOptions {
  readonly bars: readonly BarName[];
  readonly runs: number;
  readonly json: boolean;
  /** Nothing was chosen: the result goes into bench.json as well. */
  readonly all: boolean;
}

const RUNS = 7;

/** @throws CommanderError, exit code 2 for what cannot be understood */
export function parseCommandLine(args: readonly string[]): BenchOptions {
  const command = new Command('npm run bench --')
    .description('Compares the built packages with other ways to do the same. Without --bar: all bars, and bench.json.')
    .addOption(new Option('--bar <name>', 'one bar').choices(Object.keys(SELECTIONS)))
    .addOption(new Option('--runs <n>', 'runs of each arm').default(RUNS).argParser(wholeNumber))
    .option('--json', 'the last line is [{ bar, ours, other, ratio, target, unit, runs }]', false)
    .allowExcessArguments(false)
    .exitOverride((error) => {
      if (error.exitCode !== 0) error.exitCode = 2;
      throw error;
    });
  command.parse([...args], { from: 'user' });
  const { bar, runs, json } = command.opts<{ bar?: string; runs: number; json: boolean }>();
  return { bars: bar === undefined ? ALL_BARS : (SELECTIONS[bar] ?? []), runs, json, all: bar === undefined };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 1000) return number;
  throw new InvalidArgumentError('Expected a whole number from 1 to 1000.');
}
