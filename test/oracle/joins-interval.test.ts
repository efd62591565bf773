import fc from 'fast-check';
import { describe, it } from 'vitest';
import { createIntervalJoin } from '../../packages/core/src/joins/interval-operator.js';
import { sameKey } from '../../packages/core/src/state/canonical-key.js';
import {
  compareJoin,
  type JoinElement,
  type JoinModel,
  type JoinOutput,
  joinScript,
  type Side,
} from './join-script.js';
import { check, replay, timeout } from './runs.js';

const LATE = { left: {}, right: {} };

interface Held extends JoinElement {
  matched: boolean;
}

/** All elements that have come and could still have a partner, looked through at every step. */
class IntervalModel implements JoinModel {
  private watermark = Number.NEGATIVE_INFINITY;
  private held: Held[] = [];

  constructor(
    private readonly low: number,
    private readonly high: number,
    private readonly outer: Readonly<Record<Side, boolean>>,
  ) {}

  element(given: JoinElement): JoinOutput[] {
    const { timestamp, value } = given;
    if (timestamp < this.watermark) return [{ type: 'late', value, timestamp }];
    const element: Held = { ...given, matched: false };
    const outputs: JoinOutput[] = [];
    for (const other of this.held.toSorted((a, b) => a.timestamp - b.timestamp)) {
      if (other.side === element.side || !sameKey(other.key, element.key)) continue;
      const [left, right] = element.side === 'left' ? [element, other] : [other, element];
      const apart = right.timestamp - left.timestamp;
      if (apart < this.low || apart > this.high) continue;
      element.matched = true;
      other.matched = true;
      const later = Math.max(left.timestamp, right.timestamp);
      outputs.push({ type: 'result', value: `${left.value}+${right.value}`, timestamp: later });
    }
    // Partners that would all be late already.
    if (this.watermark > timestamp + this.reach(element)) return [...outputs, ...this.alone([element])];
    this.held.push(element);
    return outputs;
  }

  advance(watermark: number): JoinOutput[] {
    this.watermark = watermark;
    const over = (element: Held): boolean => {
      const last = element.timestamp + this.reach(element);
      return this.reach(element) >= 0 ? watermark >= last : watermark > last;
    };
    const outputs = this.alone(this.held.filter(over));
    this.held = this.held.filter((element) => !over(element));
    return outputs;
  }

  /** How far after an element its last partner may lie. */
  private reach({ side }: JoinElement): number {
    return side === 'left' ? this.high : -this.low;
  }

  private alone(elements: readonly Held[]): JoinOutput[] {
    return elements
      .filter(({ matched, side }) => !matched && this.outer[side])
      .map((element) => ({
        type: 'result',
        value: element.side === 'left' ? `${element.value}+none` : `none+${element.value}`,
        timestamp: element.timestamp + Math.max(0, this.reach(element)),
      }));
  }
}

const bounds = fc
  .tuple(fc.integer({ min: -12, max: 12 }), fc.integer({ min: -12, max: 12 }))
  .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const);

describe.each([
  ['inner', false, false],
  ['left', true, false],
  ['right', false, true],
  ['full', true, true],
] as const)(`interval joins against a brute-force model (${replay})`, (kind, left, right) => {
  it(kind, { timeout }, () => {
    check(fc.record({ script: joinScript, bounds, sides: fc.boolean() }), ({ script, bounds: [low, high], sides }) => {
      const outer = { left, right };
      const project = (one: unknown, other: unknown) => `${one ?? 'none'}+${other ?? 'none'}`;
      const late = sides ? LATE : undefined;
      compareJoin(script, {
        create: createIntervalJoin({ low, high, outer, late: late ?? {}, project }),
        model: new IntervalModel(low, high, outer),
        late,
      });
    });
  });
});
