import { Command, InvalidArgumentError, Option } from 'commander';
import { ALL_BARS, type BarName, SELECTIONS } from './bars.js';

export interface BenchOptions {
  readonly bars: readonly BarName[];
  readonly runs: number;
  readonly json: boolean;
  /** A glance: one run, a fifth of the elements. */
  readonly quick: boolean;
  readonly profile: boolean;
  /** Nothing was chosen: the result goes into bench.json as well. */
  readonly all: boolean;
}

const RUNS = 7;

/** @throws CommanderError, exit code 2 for what cannot be understood */
export function parseCommandLine(args: readonly string[]): BenchOptions {
  const command = new Command('npm run bench --')
    .description(
      'Compares the built packages with other ways to do the same. Without --bar: all bars, bench.json and bench.html.',
    )
    .addOption(new Option('--bar <name>', 'one bar, or a group of them').choices(Object.keys(SELECTIONS)))
    .addOption(new Option('--runs <n>', `runs of each arm (${RUNS}; 1 with --quick)`).argParser(wholeNumber))
    .option('--quick', 'one run and a fifth of the elements: a glance, no figures to quote', false)
    .option('--profile', 'also a CPU profile and a summary of the heap of our arm, in .bench/profiles', false)
    .option('--json', 'the last line is [{ bar, ours, other, ratio, target, unit, runs }]', false)
    .allowExcessArguments(false)
    .exitOverride((error) => {
      if (error.exitCode !== 0) error.exitCode = 2;
      throw error;
    });
  command.parse([...args], { from: 'user' });
  const { bar, quick, runs = quick ? 1 : RUNS, json, profile } = command.opts<Parsed>();
  const bars = bar === undefined ? ALL_BARS : (SELECTIONS[bar] ?? []);
  return { bars, runs, json, quick, profile, all: bar === undefined };
}

interface Parsed {
  readonly bar?: string;
  readonly runs?: number;
  readonly json: boolean;
  readonly quick: boolean;
  readonly profile: boolean;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && number <= 1000) return number;
  throw new InvalidArgumentError('Expected a whole number from 1 to 1000.');
}
