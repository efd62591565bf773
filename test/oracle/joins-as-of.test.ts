import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAsOfJoin } from '../../packages/core/src/joins/as-of-operator.js';
import { sameKey } from '../../packages/core/src/state/canonical-key.js';
import { compareJoin, type JoinElement, type JoinModel, type JoinOutput, joinScript } from './join-script.js';
import { check, replay, timeout } from './runs.js';

interface Options {
  readonly tolerance: number;
  readonly after: number;
  readonly refreshed: boolean;
}

interface Right extends JoinElement {
  touched: number;
}

/** All right elements for ever; what a left element sees is looked for among all of them. */
class AsOfModel implements JoinModel {
  private watermark = Number.NEGATIVE_INFINITY;
  private waiting: JoinElement[] = [];
  private readonly rights: Right[] = [];

  constructor(private readonly options: Options) {}

  element(element: JoinElement): JoinOutput[] {
    const { timestamp, value } = element;
    const late: JoinOutput[] = [{ type: 'late', value, timestamp }];
    if (element.side === 'left') {
      if (timestamp < this.watermark) return late;
      this.waiting.push(element);
      return [];
    }
    if (timestamp < this.watermark) {
      if (timestamp + this.options.tolerance < this.watermark) return late;
      if (timestamp + this.options.after <= this.watermark) return late;
      const newest = this.latest(element.key, this.watermark);
      if (newest !== undefined && newest.timestamp > timestamp) return late;
    }
    const before = this.latest(element.key, timestamp);
    const touched = before?.timestamp === timestamp ? Math.max(before.touched, timestamp) : timestamp;
    this.rights.push({ ...element, touched });
    return [];
  }

  advance(watermark: number): JoinOutput[] {
    this.watermark = watermark;
    const due = this.waiting.filter(({ timestamp }) => timestamp <= watermark);
    this.waiting = this.waiting.filter(({ timestamp }) => timestamp > watermark);
    return due
      .toSorted((a, b) => a.timestamp - b.timestamp)
      .map((left) => {
        const seen = this.seenBy(left);
        return { type: 'result', value: `${left.value}+${seen?.value ?? 'none'}`, timestamp: left.timestamp };
      });
  }

  private seenBy({ key, timestamp }: JoinElement): Right | undefined {
    const { tolerance, after, refreshed } = this.options;
    const right = this.latest(key, timestamp);
    if (right === undefined || timestamp - right.timestamp > tolerance || timestamp >= right.touched + after)
      return undefined;
    if (refreshed) right.touched = Math.max(right.touched, timestamp);
    return right;
  }

  /** The one with the highest timestamp up to a time, of equal ones the last to come. */
  private latest(key: unknown, time: number): Right | undefined {
    let latest: Right | undefined;
    for (const right of this.rights) {
      if (right.timestamp > time || !sameKey(right.key, key)) continue;
      if (latest === undefined || right.timestamp >= latest.timestamp) latest = right;
    }
    return latest;
  }
}

const LATE = { left: {}, right: {} };
const options = fc.record({
  tolerance: fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Number.POSITIVE_INFINITY)),
  after: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(1e15)),
  refreshed: fc.boolean(),
});

it(`as-of joins against a brute-force model (${replay})`, { timeout }, () => {
  check(fc.record({ script: joinScript, options, sides: fc.boolean() }), ({ script, options: given, sides }) => {
    const ttl = { after: given.after, eventTime: true, refreshesOnRead: given.refreshed, returnsExpired: false };
    const late = sides ? LATE : undefined;
    compareJoin(script, {
      create: createAsOfJoin({
        tolerance: given.tolerance,
        ttl,
        late: late ?? {},
        project: (left, right) => `${left}+${right ?? 'none'}`,
      }),
      model: new AsOfModel(given),
      late,
    });
  });
});

describe('as-of joins', () => {
  it('emit in order of time for each key, whatever the order of arrival', () => {
    check(fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 40 }), (times) => {
      const emitted: number[] = [];
      const origin = 0;
      compareJoin(
        {
          slice: 1,
          origin,
          steps: times.map((timestamp) => ({ type: 'element', side: 'left', key: 'a', timestamp, near: false })),
        },
        {
          create: createAsOfJoin({
            tolerance: 1,
            ttl: { after: 1, eventTime: true, refreshesOnRead: false, returnsExpired: false },
            late: {},
            project: (left) => `${left}+none`,
          }),
          model: new AsOfModel({ tolerance: 1, after: 1, refreshed: false }),
          late: undefined,
          inOrder: (results) => emitted.push(...results.map(({ timestamp }) => timestamp)),
        },
      );
      expect(emitted).toEqual(times.toSorted((a, b) => a - b));
    });
  });
});
