import type { ArmResult } from '../arm.js';
import { Meter } from '../meter.js';
import { BIDS, WARM_UP } from './q17-data.js';

/** What is known of one auction on one day after a bid. */
export interface Statistics {
  readonly bids: number;
  readonly low: number;
  readonly middle: number;
  readonly high: number;
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
  readonly total: number;
}

/** The consumer of all arms of q17: keeps the last result, so that each is really made, and takes each field up into a checksum. */
export function q17Consumer(warmUp = WARM_UP, bids = BIDS) {
  const meter = new Meter(warmUp, warmUp + bids);
  let mark = warmUp;
  let outputs = 0;
  let checksum = 0;
  let keys = 0;
  let last: unknown;
  return {
    consume(auction: number, day: number, statistics: Statistics, result: unknown): void {
      last = result;
      const { bids, low, middle, high, least, greatest, mean, total } = statistics;
      if (bids === 1) keys++;
      const whole = auction + day + bids * 3 + low * 5 + middle * 7 + high * 11 + least * 13 + greatest * 17;
      checksum = (Math.imul(checksum, 31) + ((whole + mean + total) | 0)) | 0;
      if (++outputs === mark) mark = meter.reached();
    },
    completed: () => meter.completed(),
    result(notes?: ArmResult['notes']): ArmResult {
      if (last === undefined) throw new Error('the arm emitted nothing');
      return { ...meter.result(), outputs, checksum, keys, ...(notes && { notes }) };
    },
  };
}
