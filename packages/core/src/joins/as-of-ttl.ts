import { milliseconds } from '@sluice/connector-sdk';
import type { Ttl } from '../state/ttl.js';
import { wrongJoinOption } from './join-option.js';

/** How long the right side of an as-of join is kept after it was written, or matched. */
export interface AsOfTtl {
  /** Milliseconds. */
  readonly after: number;
  /** By event time; else by the clock. */
  readonly eventTime: boolean;
  readonly refreshedByMatch: boolean;
  /** What has expired is matched as long as it is there. */
  readonly untilCleaned: boolean;
}

export function asOfTtl(component: string, ttl: Ttl): AsOfTtl {
  const { after, time, refresh, expired } = typeof ttl === 'object' && ttl !== null ? ttl : { after: ttl };
  const given = milliseconds(after);
  if (!(given > 0)) throw wrongJoinOption(component, 'ttl', 'a time above 0', after);
  requireOneOf(component, 'ttl.time', time, ['event', 'processing']);
  requireOneOf(component, 'ttl.refresh', refresh, ['write', 'readAndWrite']);
  requireOneOf(component, 'ttl.expired', expired, ['never', 'untilCleaned']);
  return {
    after: given,
    eventTime: time === 'event',
    refreshedByMatch: refresh === 'readAndWrite',
    untilCleaned: expired === 'untilCleaned',
  };
}

function requireOneOf(
  component: string,
  option: string,
  given: unknown,
  [one, other]: readonly [string, string],
): void {
  if (given === undefined || given === one || given === other) return;
  throw wrongJoinOption(component, option, `'${one}' or '${other}'`, given);
}
