import { Command, InvalidArgumentError } from 'commander';

export interface ExampleOptions {
  /** Records that the topic is to hold in the end. */
  readonly records: number;
  /** Records a second. */
  readonly rate: number;
  readonly seed: number;
  readonly name: string;
  readonly fresh: boolean;
}

export interface OptionsOf {
  readonly name: string;
  readonly about: string;
  /** What a record is, in the plural: also the name of the option that says how many. */
  readonly unit: string;
  readonly records: number;
  /** Records a second; 300. */
  readonly rate?: number;
}

export function parseOptions(
  { name, about, unit, records, rate = 300 }: OptionsOf,
  parameters: readonly string[],
): ExampleOptions {
  const command = new Command(`npm run example -- ${name}`)
    .description(about)
    .option(`--${unit} <n>`, `ends when so many ${unit} are through`, wholeNumber(1), records)
    .option('--rate <n>', `${unit} a second`, wholeNumber(1), rate)
    .option('--seed <s>', 'decides what they are', wholeNumber(0), 1)
    .option('--fresh', 'begin anew instead of going on', false)
    .option('--name <name>', 'begins the name of everything that is kept, so that several do not meet', safeName, name)
    .allowExcessArguments(false);
  const given = command.parse(parameters, { from: 'user' }).opts();
  return { ...(given as ExampleOptions), records: given[unit] };
}

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= least) return value;
    throw new InvalidArgumentError(`A whole number from ${least} is needed.`);
  };
}

/** One that a topic, a schema and an index may all have. */
function safeName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,39}$/.test(text)) return text;
  throw new InvalidArgumentError('Small letters, digits and hyphens are needed, 40 at most, a letter first.');
}
