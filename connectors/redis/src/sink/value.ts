import { SluiceError } from '@sluice/connector-sdk';
import type { Argument } from '../connection/client.js';
import type { RedisValue } from './sink-options.js';

/** As Redis keeps it: text or bytes. Errors: SLUICE_REDIS_VALUE. */
export function argumentOf(component: string, what: string, value: RedisValue): Argument {
  const argument = keptAs(value);
  if (argument !== undefined) return argument;
  throw unfit(component, `${what} to be a string, a number, a bigint or bytes`, kindOf(value));
}

/** As `argumentOf`, of a field: what it is called is made a text only when somebody has to be told. */
export function argumentOfField(component: string, name: string, value: RedisValue): Argument {
  return keptAs(value) ?? argumentOf(component, `field ${JSON.stringify(name)}`, value);
}

function keptAs(value: RedisValue): Argument | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && !Number.isNaN(value))) return String(value);
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

/**
 * Half of a surrogate pair becomes U+FFFD on the way: two names with different ones would be the same. Errors: SLUICE_REDIS_VALUE.
 */
export function wellFormed(component: string, what: string, name: string): void {
  if (/\p{Surrogate}/u.test(name)) throw unfit(component, `${what} to be well-formed text`, 'half of a surrogate pair');
}

export function bytesOf(argument: Argument): number {
  return typeof argument === 'string'
    ? Buffer.byteLength(argument)
    : typeof argument === 'number'
      ? 8
      : argument.length;
}

/** The element's own fault. It says of which kind the value is, never the value. */
export function unfit(component: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_VALUE',
    component,
    expected,
    actual,
    remedy: 'correct what makes the value, or give `to(...)` a `rejected` output',
  });
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Number.isNaN(value) ? 'NaN' : typeof value;
}
