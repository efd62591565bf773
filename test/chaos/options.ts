import { Command, InvalidArgumentError } from 'commander';

export interface ChaosOptions {
  /** Undefined: all. */
  readonly row?: number;
  readonly seed: number;
  readonly runs: number;
  readonly mode?: string;
  readonly point?: string;
  readonly parallel: number;
  readonly minutes: number;
  readonly size: 'quick' | 'release' | 'runs';
  readonly json: boolean;
}

const MINUTES: Readonly<Record<ChaosOptions['size'], number>> = { quick: 1, release: 120, runs: 2 };

interface Flags extends Omit<ChaosOptions, 'size' | 'runs' | 'minutes'> {
  readonly minutes?: number;
  readonly all?: true;
  readonly quick?: true;
  readonly release?: true;
  readonly runs?: number;
}

export function parseOptions(parameters: readonly string[]): ChaosOptions {
  const program = new Command('npm run chaos --')
    .description('Runs rows of the reliability scorecard against real services, with processes that are really killed.')
    .option('--row <n>', 'the row', wholeNumber(1))
    .option('--all', 'every row that is built')
    .option('--quick', 'few runs of each; with --all the default')
    .option('--release', 'as many runs as the scorecard asks for before a release')
    .option(
      '--seed <s>',
      'decides what happens; run i has seed s + i',
      wholeNumber(0),
      Math.floor(Math.random() * 1_000_000),
    )
    .option('--runs <k>', 'runs in each mode, and at each point where the row has points (default: 1)', wholeNumber(1))
    .option('--mode <mode>', 'only this one')
    .option('--point <name>', 'only this one')
    .option('--parallel <n>', 'runs side by side', wholeNumber(1), 2)
    .option(
      '--minutes <n>',
      `how long a run of row 28 lasts (default: ${MINUTES.runs}; ${MINUTES.quick} with --quick, ${MINUTES.release} with --release)`,
      wholeNumber(1),
    )
    .option('--json', 'the last line is what chaos.json holds', false)
    .allowExcessArguments(false)
    .parse(parameters, { from: 'user' });
  const { all, quick, release, runs, minutes, ...options } = program.opts<Flags>();
  if ((options.row === undefined) !== (all === true)) program.error('error: either --row <n> or --all is needed');
  if ([quick, release, runs].filter((each) => each !== undefined).length > 1)
    program.error('error: only one of --quick, --release and --runs makes sense');
  const size = release ? 'release' : runs === undefined && (quick || all) ? 'quick' : 'runs';
  return { ...options, runs: runs ?? 1, minutes: minutes ?? MINUTES[size], size };
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`A whole number from ${least} is needed.`);
  };
}
