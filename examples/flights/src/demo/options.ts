import { Command, InvalidArgumentError } from 'commander';

export interface DemoOptions {
  readonly events?: number;
  readonly kills?: number;
  readonly seed?: number;
  readonly keep: boolean;
  readonly resume: boolean;
  readonly json: boolean;
}

export function parseOptions(parameters: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description(
      'Streams 3,000,000 flights through event-time windows into Postgres, is killed on the way, and proves that nothing is lost or doubled.',
    )
    .option('--events <n>', 'only the first so many flights of the data set', wholeNumber(1))
    .option('--kills <n>', 'how often the job is killed with SIGKILL (default: 5)', wholeNumber(0))
    .option('--seed <s>', 'decides when it is killed (default: another one each time)', wholeNumber(0))
    .option('--keep', 'keep the database', false)
    .option('--resume', 'go on with a run that was stopped', false)
    .option('--json', 'print one line of JSON and nothing else', false)
    .allowExcessArguments(false);
  return command.parse(parameters, { from: 'user' }).opts<DemoOptions>();
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`A whole number from ${least} is needed.`);
  };
}
