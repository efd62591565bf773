import { SluiceError } from '@sluice/connector-sdk';
import type { Taken } from './matches.js';
import type { Step } from './pattern.js';

/** Which matches a match rules out; see {@link DetectOptions}. */
export type AfterMatch<N extends string> =
  | 'noSkip'
  | 'skipToNext'
  | 'skipPastLast'
  | { readonly skipToFirst: N }
  | { readonly skipToLast: N };

export type Skip = AfterMatch<string>;

/** @throws SLUICE_OPTION */
export function checkSkip(skip: Skip, steps: readonly Step[]): Skip {
  if (skip === 'noSkip' || skip === 'skipToNext' || skip === 'skipPastLast') return skip;
  const name = typeof skip === 'object' && skip !== null ? stepName(skip) : undefined;
  if (steps.some((step) => step.name === name)) return skip;
  throw new SluiceError({
    code: 'SLUICE_OPTION',
    component: 'detect',
    expected:
      "`afterMatch` to be 'noSkip', 'skipToNext', 'skipPastLast', or { skipToFirst } or { skipToLast } with the name of a step",
    actual: name === undefined ? String(skip) : `'${name}', which is no step`,
    remedy: 'correct `afterMatch` or leave it out',
  });
}

/** Which matches, by the number of their first element, are ruled out by one that ends in `last`. */
export function removes(skip: Skip, last: Taken, steps: readonly Step[]): (first: number) => boolean {
  const numbers: { readonly name: string; readonly number: number }[] = [];
  for (let at: Taken | undefined = last; at !== undefined; at = at.previous)
    numbers.unshift({ name: (steps[at.step] as Step).name, number: at.number });
  if (skip === 'noSkip') return () => false;
  if (skip === 'skipPastLast') return (first) => first <= last.number;
  if (skip === 'skipToNext') return (first) => first <= (numbers[0]?.number ?? -1);
  const named = numbers.filter(({ name }) => name === stepName(skip));
  const target = 'skipToFirst' in skip ? named[0] : named.at(-1);
  return (first) => target !== undefined && first < target.number;
}

function stepName(skip: Exclude<Skip, string>): string {
  return 'skipToFirst' in skip ? skip.skipToFirst : skip.skipToLast;
}

/** @throws SLUICE_OPTION */
export function checkTime(time: 'event' | 'processing'): 'event' | 'processing' {
  if (time === 'event' || time === 'processing') return time;
  throw new SluiceError({
    code: 'SLUICE_OPTION',
    component: 'detect',
    expected: "`time` to be 'event' or 'processing'",
    actual: String(time),
    remedy: 'correct `time` or leave it out',
  });
}
