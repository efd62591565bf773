import fc from 'fast-check';
import { expect } from 'vitest';
import type { CreateJoin } from '../../packages/core/src/joins/joined-streams.js';
import { openJoin } from './join-bench.js';
import { OperatorBench } from './operator-bench.js';

export type Side = 'left' | 'right';

/** An element as the models see it. */
export interface JoinElement {
  readonly side: Side;
  readonly key: unknown;
  readonly timestamp: number;
  readonly value: string;
}

/** A result, or an element that was late (`value` is its own). */
export interface JoinOutput {
  readonly type: 'result' | 'late';
  readonly value: string;
  readonly timestamp: number;
}

/** A join worked out from its definition: slow, and plain to see to be right. */
export interface JoinModel {
  element(element: JoinElement): JoinOutput[];
  /** The watermark of both inputs has risen. */
  advance(watermark: number): JoinOutput[];
}

export type JoinStep =
  | {
      readonly type: 'element';
      readonly side: Side;
      readonly key: unknown;
      readonly timestamp: number;
      readonly near: boolean;
    }
  | { readonly type: 'advance'; readonly side: Side; readonly by: number }
  | { readonly type: 'idle'; readonly side: Side; readonly idle: boolean }
  /** Restores from a snapshot that was taken before elements that were then lost. */
  | {
      readonly type: 'restore';
      readonly lost: readonly { readonly side: Side; readonly key: unknown; readonly timestamp: number }[];
    };

export interface JoinScript {
  readonly slice: number;
  readonly origin: number;
  readonly steps: readonly JoinStep[];
}

const side = fc.constantFrom<Side>('left', 'right');
const key = fc.constantFrom<unknown>('a', '__proto__', ['a', 1]);
const step: fc.Arbitrary<JoinStep> = fc.oneof(
  {
    weight: 14,
    arbitrary: fc.record({
      type: fc.constant('element' as const),
      side,
      key,
      timestamp: fc.integer({ min: -30, max: 30 }),
      near: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant('advance' as const),
      side,
      by: fc.oneof(fc.integer({ min: 0, max: 8 }), fc.integer({ min: -3, max: 25 })),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('idle' as const), side, idle: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('restore' as const),
      lost: fc.array(fc.record({ side, key, timestamp: fc.integer({ min: -30, max: 80 }) }), { maxLength: 5 }),
    }),
  },
);

export const joinScript: fc.Arbitrary<JoinScript> = fc.record({
  slice: fc.integer({ min: 1, max: 4 }),
  origin: fc.constantFrom(0, -1_000, 1_700_000_000_000),
  steps: fc.array(step, { maxLength: 60, size: 'max' }),
});

/** The watermark of two inputs: the lower one, that of an idle input left out; it never goes back. */
class BothWatermarks {
  combined = Number.NEGATIVE_INFINITY;
  readonly of: Record<Side, number> = { left: Number.NEGATIVE_INFINITY, right: Number.NEGATIVE_INFINITY };
  readonly idle: Record<Side, boolean> = { left: false, right: false };

  /** Answers whether it has risen. */
  rises(): boolean {
    const open = SIDES.filter((one) => this.of[one] < Number.POSITIVE_INFINITY);
    const active = open.filter((one) => !this.idle[one]);
    if (open.length > 0 && active.length === 0) return false;
    const least = Math.min(Number.POSITIVE_INFINITY, ...active.map((one) => this.of[one]));
    if (least <= this.combined) return false;
    this.combined = least;
    return true;
  }
}

const SIDES = ['left', 'right'] as const;

export interface ComparedJoin {
  readonly create: CreateJoin;
  readonly model: JoinModel;
  /** The side outputs of late elements; undefined where late ones are counted. */
  readonly late: Readonly<Record<Side, object>> | undefined;
  /** What else must hold of the results of one step, in order. */
  readonly inOrder?: (results: readonly JoinOutput[], step: JoinStep['type']) => void;
}

/** Runs a script through operator and model and compares what each step emits. */
export function compareJoin(
  { slice, origin, steps }: JoinScript,
  { create, model, late, inOrder }: ComparedJoin,
): void {
  let join = openJoin(create, new OperatorBench({ slice }));
  const watermarks = new BothWatermarks();
  let values = 0;
  let dropped = 0;
  const expectDropped = (): void => {
    expect(join.bench.counters.get('late_elements_dropped') ?? 0).toBe(dropped);
    dropped = 0;
  };
  const give = (element: Omit<JoinElement, 'value'>, value: string): void => {
    join.give(element.side, element.key, value, element.timestamp);
  };
  const moved = (): JoinOutput[] => (watermarks.rises() ? model.advance(watermarks.combined) : []);
  const ends: JoinStep[] = SIDES.map((one) => ({ type: 'advance', side: one, by: Number.POSITIVE_INFINITY }));
  for (const one of [...steps, ...ends]) {
    let expected: JoinOutput[] = [];
    const before = watermarks.combined;
    if (one.type === 'element') {
      const near = one.near && Number.isFinite(watermarks.combined);
      const timestamp = near ? watermarks.combined + (one.timestamp % 12) : origin + one.timestamp;
      const element = { side: one.side, key: one.key, timestamp, value: `${one.side[0]}${values++}` };
      expected = model.element(element);
      give(element, element.value);
    } else if (one.type === 'advance') {
      const at = Math.max(watermarks.of[one.side], origin - 40) + one.by;
      if (at > watermarks.of[one.side]) watermarks.of[one.side] = at;
      expected = moved();
      join[one.side].watermark(at);
      join.bench.finish();
    } else if (one.type === 'idle') {
      watermarks.idle[one.side] = one.idle;
      expected = moved();
      join[one.side].status(one.idle);
      join.bench.finish();
    } else {
      expectDropped();
      const encode = join.bench.capture(join.left, join.right);
      for (const lost of one.lost) give({ ...lost, timestamp: origin + lost.timestamp }, 'lost');
      join.advance(Number.POSITIVE_INFINITY);
      join = openJoin(create, new OperatorBench({ restored: encode(), slice }));
      // Inputs are active until they say otherwise, as they do again.
      const idle = SIDES.filter((side) => watermarks.idle[side]);
      for (const side of idle) watermarks.idle[side] = false;
      for (const side of idle) {
        watermarks.idle[side] = true;
        expected.push(...moved());
        join[side].status(true);
        join.bench.finish();
      }
    }
    const outputs = join.bench.take().flatMap((output): JoinOutput[] => {
      if (output.type === 'next')
        return [{ type: 'result', value: output.value as string, timestamp: output.timestamp }];
      if (output.type !== 'side') return [];
      const value = output.value as string;
      expect(output.target).toBe(late?.[value.startsWith('l') ? 'left' : 'right']);
      return [{ type: 'late', value, timestamp: output.timestamp }];
    });
    const compared = late === undefined ? expected.filter(({ type }) => type === 'result') : expected;
    dropped += expected.length - compared.length;
    // What one element brings about comes in order; what a watermark does, in any order across keys.
    const order = one.type === 'element' ? texts : sorted;
    expect(order(outputs)).toEqual(order(compared));
    const results = outputs.filter(({ type }) => type === 'result');
    // Nothing that comes out is late behind the join, unless it was given at the very watermark.
    for (const { timestamp } of results) expect(timestamp).toBeGreaterThanOrEqual(before);
    inOrder?.(results, one.type);
  }
  expectDropped();
}

function texts(outputs: readonly JoinOutput[]): string[] {
  return outputs.map(({ type, value, timestamp }) => `${type} ${value} @ ${timestamp}`);
}

function sorted(outputs: readonly JoinOutput[]): string[] {
  return texts(outputs).sort();
}
