import { milliseconds, SluiceError } from '@sluice/connector-sdk';
import type { Ttl } from '../state/ttl.js';

/** A time to live, checked. */
export interface CheckedTtl {
  /** Milliseconds. */
  readonly after: number;
  readonly eventTime: boolean;
  readonly refreshesOnRead: boolean;
  readonly returnsExpired: boolean;
}

export function functionOption(component: string, option: string, value: unknown): void {
  if (typeof value !== 'function') throw wrongOption(component, option, 'a function', value);
}

/** The options of an operator that cannot do without. */
export function objectOption(component: string, option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw wrongOption(component, option, 'an object', value);
}

export function ttlOption(component: string, ttl: Ttl): CheckedTtl {
  if (ttl === undefined || ttl === null) throw wrongOption(component, 'ttl', "a duration such as '1h'", ttl);
  const {
    after,
    time = 'processing',
    refresh = 'write',
    expired = 'never',
  } = typeof ttl === 'object' ? ttl : { after: ttl };
  const period = milliseconds(after);
  if (!(period > 0)) throw wrongOption(component, 'ttl', 'a time above 0', after);
  oneOf(component, 'ttl.time', time, ['event', 'processing']);
  oneOf(component, 'ttl.refresh', refresh, ['write', 'readAndWrite']);
  oneOf(component, 'ttl.expired', expired, ['never', 'untilCleaned']);
  return {
    after: period,
    eventTime: time === 'event',
    refreshesOnRead: refresh === 'readAndWrite',
    returnsExpired: expired === 'untilCleaned',
  };
}

export function oneOf(component: string, option: string, value: unknown, choices: readonly string[]): void {
  if (choices.includes(value as string)) return;
  throw wrongOption(component, option, choices.map((choice) => `'${choice}'`).join(' or '), value);
}

export function wrongOption(component: string, option: string, expected: string, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_OPTION',
    component,
    expected: `\`${option}\` to be ${expected}`,
    actual:
      typeof actual === 'function'
        ? 'a function'
        : typeof actual === 'object' && actual !== null
          ? 'an object'
          : String(actual),
    remedy: `correct \`${option}\` of ${component}`,
  });
}
