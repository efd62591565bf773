import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { Barrier } from './element.js';
import { createUnion } from './union-inputs.js';

const barrier: Barrier = { checkpoint: 1, capture() {}, prepare() {} };

function start(count: number) {
  const bench = new OperatorBench();
  const inputs = createUnion(count, bench.out, 'union');
  const input = (index: number) => {
    const found = inputs[index];
    if (found === undefined) throw new Error(`no input ${index}`);
    return found;
  };
  return {
    bench,
    input,
    watermarks: () => bench.outputs.flatMap((output) => (output.type === 'watermark' ? [output.timestamp] : [])),
  };
}

describe('the inputs of a union', () => {
  it('give every element on at once', () => {
    const { bench, input } = start(2);
    input(1).next('b', 2);
    input(0).next('a', 1);
    expect(bench.outputs).toEqual([
      { type: 'next', value: 'b', timestamp: 2 },
      { type: 'next', value: 'a', timestamp: 1 },
    ]);
  });

  it('have the least watermark, which never goes back', () => {
    const { input, watermarks } = start(2);
    input(0).watermark(10);
    expect(watermarks()).toEqual([]);
    input(1).watermark(5);
    input(1).watermark(3);
    input(1).watermark(20);
    expect(watermarks()).toEqual([5, 10]);
  });

  it('leave idle inputs out, and are idle when all are', () => {
    const { bench, input, watermarks } = start(2);
    input(0).watermark(10);
    input(1).status(true);
    expect(watermarks()).toEqual([10]);
    input(0).status(true);
    expect(bench.outputs.at(-1)).toEqual({ type: 'status', idle: true });
    input(1).status(false);
    expect(bench.outputs.at(-1)).toEqual({ type: 'status', idle: false });
    input(1).watermark(7);
    expect(watermarks()).toEqual([10]);
    input(1).watermark(12);
    expect(watermarks()).toEqual([10, 12]);
  });

  it('send the final watermark when all have ended, not when the others are idle', () => {
    const { input, watermarks } = start(2);
    input(1).status(true);
    input(0).watermark(Number.POSITIVE_INFINITY);
    expect(watermarks()).toEqual([]);
    input(1).watermark(Number.POSITIVE_INFINITY);
    expect(watermarks()).toEqual([Number.POSITIVE_INFINITY]);
  });

  it('let the barrier on when all have it, each time', () => {
    const { bench, input } = start(3);
    for (let round = 1; round <= 2; round++) {
      input(2).barrier(barrier);
      input(0).barrier(barrier);
      expect(bench.outputs).toHaveLength(round - 1);
      input(1).barrier(barrier);
      expect(bench.outputs).toHaveLength(round);
    }
  });

  it('complete when all have, and pass errors on', () => {
    const { bench, input } = start(2);
    input(0).error('broken');
    input(0).complete();
    expect(bench.outputs).toEqual([{ type: 'error', error: 'broken' }]);
    input(1).complete();
    expect(bench.outputs.at(-1)).toEqual({ type: 'complete' });
  });
});
