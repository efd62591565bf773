import { Command, InvalidArgumentError, Option } from 'commander';

export interface ChaosOptions {
  readonly row: number;
  readonly seed: number;
  readonly runs: number;
  readonly mode?: 'ledger' | 'upsert' | 'two-phase';
  readonly point?: string;
  readonly parallel: number;
  readonly json: boolean;
}

export function parseOptions(parameters: readonly string[]): ChaosOptions {
  return new Command('npm run chaos --')
    .description(
      'Runs a row of the reliability scorecard against a real PostgreSQL, with processes that are really killed.',
    )
    .requiredOption('--row <n>', 'the row', wholeNumber(1))
    .option(
      '--seed <s>',
      'decides what happens; run i has seed s + i',
      wholeNumber(0),
      Math.floor(Math.random() * 1_000_000),
    )
    .option('--runs <k>', 'runs in each mode, and at each point where the row has points', wholeNumber(1), 1)
    .addOption(new Option('--mode <mode>', 'only this one').choices(['ledger', 'upsert', 'two-phase']))
    .option('--point <name>', 'only this one')
    .option('--parallel <n>', 'runs side by side', wholeNumber(1), 2)
    .option('--json', 'the last line is [{ row, mode, seed, runs, faults, violations, seconds }]', false)
    .allowExcessArguments(false)
    .parse(parameters, { from: 'user' })
    .opts<ChaosOptions>();
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`A whole number from ${least} is needed.`);
  };
}
