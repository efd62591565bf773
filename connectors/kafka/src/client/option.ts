import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';

/** What may be a secret must be told by its type only. */
export function badOption(component: string, name: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_OPTIONS',
    component,
    expected: `\`${name}\`: ${expected}`,
    actual,
    remedy: `correct \`${name}\``,
  });
}

/** @throws SLUICE_KAFKA_OPTIONS unless `valid` */
export function requireOption(
  component: string,
  valid: boolean,
  name: string,
  expected: string,
  actual: string,
): asserts valid {
  if (!valid) throw badOption(component, name, expected, actual);
}

/** An option's value as an error may show it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return `${value}`;
  if (typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol') {
    return value === null ? 'null' : Array.isArray(value) ? `a list of ${value.length}` : `a ${typeof value}`;
  }
  return (JSON.stringify(value) ?? String(value)).slice(0, 80);
}

/** Milliseconds of a duration option. */
export function durationOption(component: string, name: string, value: Duration, least: number): number {
  let ms = Number.NaN;
  try {
    ms = milliseconds(value);
  } catch {
    // Said below, with the option's name.
  }
  const valid = Number.isFinite(ms) && ms >= least && ms <= 0x7fff_ffff;
  requireOption(component, valid, name, `a duration of at least ${least} ms`, shown(value));
  return ms;
}

export function wholeNumberOption(component: string, name: string, value: number, least: number, most: number): number {
  const valid = Number.isSafeInteger(value) && value >= least && value <= most;
  requireOption(component, valid, name, `a whole number from ${least} to ${most}`, shown(value));
  return value;
}

export function booleanOption(component: string, name: string, value: boolean): boolean {
  requireOption(component, typeof value === 'boolean', name, 'true or false', shown(value));
  return value;
}
