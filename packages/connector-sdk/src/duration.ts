import { SluiceError } from './error.js';

/** What a duration literal ends in: milliseconds, seconds, minutes, hours or days of 24 hours. */
export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd';

/** Milliseconds, or a literal such as `'5s'`. `'5 sec'` does not compile. */
export type Duration = number | `${number}${DurationUnit}`;

const LITERAL = /^(-?\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * The milliseconds of a duration, checked strictly.
 *
 * @param duration Milliseconds, or digits with an optional sign and fraction directly followed by a unit: `'250ms'`, `'1.5s'`,
 * `'-5m'` (bounds of an interval join reach back in time). A caller for whom a negative duration makes no sense refuses it itself.
 * @throws SLUICE_DURATION for NaN, ±Infinity, an unknown unit, a space, an exponent, or anything that is not a duration.
 *
 * @example
 * milliseconds('1.5s'); // 1500
 * milliseconds('-5m'); // -300000
 * milliseconds(20); // 20
 */
export function milliseconds(duration: Duration): number {
  const result = typeof duration === 'number' ? duration : parse(duration);
  if (Number.isFinite(result)) return result + 0;
  throw new SluiceError({
    code: 'SLUICE_DURATION',
    component: 'milliseconds',
    expected: 'finite milliseconds or a literal of digits and ms, s, m, h or d',
    actual: typeof duration === 'string' ? JSON.stringify((duration as string).slice(0, 40)) : String(duration),
    remedy: "write it like 250, '250ms', '1.5s', '10m', '6h' or '-1d'",
  });
}

function parse(literal: unknown): number {
  const match = typeof literal === 'string' ? LITERAL.exec(literal) : null;
  if (match === null) return Number.NaN;
  const [, digits, unit = ''] = match;
  // The exponent is part of the literal that is parsed, so 1.005s is 1005 and not 1004.9999999999999.
  return unit === 'ms' ? Number(digits) : Number(`${digits}e3`) * (SECONDS[unit] ?? Number.NaN);
}
