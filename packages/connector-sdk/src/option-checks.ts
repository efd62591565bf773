import { type Duration, milliseconds } from './duration.js';
import { SluiceError } from './error.js';
import type { PoisonPolicyOf } from './poison-policy.js';

/** Checks of options, told by the code of who makes them. `component` is the function that the user called, `name` the option. */
export interface OptionChecks {
  /** The error for an option that cannot be. What may be a secret must be told by its type only. */
  refusal(component: string, name: string, expected: string, actual: string): SluiceError;
  /** Throws it unless `valid`. */
  require(component: string, valid: boolean, name: string, expected: string, actual: string): asserts valid;
  /** Whole milliseconds of a duration of at least `least` ms and at most `most`: by default what a timer can wait, 24 days. */
  duration(component: string, name: string, value: Duration, least: number, most?: number): number;
  wholeNumber(component: string, name: string, value: number, least: number, most: number): number;
  trueOrFalse(component: string, name: string, value: boolean): boolean;
  /** `poison` of a source. */
  poison<P>(component: string, value: PoisonPolicyOf<P>): PoisonPolicyOf<P>;
  object<O>(component: string, name: string, value: O): O;
  /** A function, as it is. */
  callback<F>(component: string, name: string, value: F): F;
}

const LONGEST_TIMER = 0x7fff_ffff;
const MOST_SHOWN = 80;

/**
 * Checks of the options of a connector: each throws a `SluiceError` that names the option, what it has to be, and what it is.
 *
 * Meant for the function that makes a source or a sink, so that wrong options are found at once. Annotate the constant, without which
 * TypeScript does not narrow by `require`.
 *
 * @param code Of every error: `SLUICE_ACME_OPTIONS`. List it with the connector's own.
 *
 * @example
 * import type { OptionChecks } from '@sluice/connector-sdk';
 *
 * const option: OptionChecks = optionChecks('SLUICE_ACME_OPTIONS');
 * const table: unknown = 'rows';
 * option.require('acmeSink', typeof table === 'string', 'table', 'the name of a table', shownOption(table));
 * option.duration('acmeSink', 'timeout', '5s', 1); // 5000
 */
export function optionChecks(code: SluiceError['code']): OptionChecks {
  const refusal: OptionChecks['refusal'] = (component, name, expected, actual) =>
    new SluiceError({
      code,
      component,
      expected: `\`${name}\`: ${expected}`,
      actual,
      remedy: `correct \`${name}\``,
    });
  const require: OptionChecks['require'] = (component, valid, name, expected, actual) => {
    if (!valid) throw refusal(component, name, expected, actual);
  };
  return {
    refusal,
    require,
    duration(component, name, value, least, most = LONGEST_TIMER) {
      const ms = millisecondsOf(value);
      if (ms >= least && ms <= most) return Math.round(ms);
      const bound = ms > most ? `at most ${most}` : `at least ${least}`;
      throw refusal(component, name, `a duration of ${bound} ms`, shownOption(value));
    },
    wholeNumber(component, name, value, least, most) {
      const valid = Number.isSafeInteger(value) && value >= least && value <= most;
      if (!valid) throw refusal(component, name, `a whole number from ${least} to ${most}`, shownOption(value));
      return value;
    },
    trueOrFalse(component, name, value) {
      if (typeof value !== 'boolean') throw refusal(component, name, 'true or false', shownOption(value));
      return value;
    },
    poison(component, value) {
      const known = value === 'fail' || value === 'skip' || (typeof value === 'object' && value !== null);
      if (!known) throw refusal(component, 'poison', "'fail', 'skip' or a side output", shownOption(value));
      return value;
    },
    object(component, name, value) {
      if (typeof value !== 'object' || value === null) throw refusal(component, name, 'an object', shownOption(value));
      return value;
    },
    callback(component, name, value) {
      if (typeof value !== 'function') throw refusal(component, name, 'a function', shownOption(value));
      return value;
    },
  };
}

/**
 * The value of an option as an error may show it: short, and never what is in an object.
 *
 * @example
 * shownOption('5 sec'); // '"5 sec"'
 * shownOption([1, 2]); // 'a list of 2'
 */
export function shownOption(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object') return 'an object';
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`;
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.slice(0, MOST_SHOWN);
}

/** NaN for what is none: the check says so, with the option's name. */
function millisecondsOf(value: Duration): number {
  try {
    return milliseconds(value);
  } catch {
    return Number.NaN;
  }
}
