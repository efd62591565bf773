import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import { valueState } from '../state/value-state.js';
import type { StreamObserver } from '../stream/element.js';
import type { KeyRegister } from '../stream/operator.js';
import { createProcessWith } from './process-with.js';

interface Opened {
  readonly bench: OperatorBench;
  readonly left: StreamObserver<unknown>;
  readonly right: StreamObserver<unknown>;
  give(side: 'left' | 'right', key: string, value: string, timestamp: number): void;
}

function open(bench = new OperatorBench()): Opened {
  const keys: readonly [KeyRegister, KeyRegister] = [{ key: undefined }, { key: undefined }];
  const [left, right] = createProcessWith({
    state: { left: valueState<string>() },
    onLeft(value: string, { state, timers, timestamp }) {
      state.left.set(value);
      timers.event(timestamp + 10);
    },
    onRight: (value: string, { key, state }) => `${key} ${state.left.get()} ${value}`,
    onTimer: (at, { key }) => `${key} timer ${at}`,
  })(bench.context, keys, bench.out);
  return {
    bench,
    left,
    right,
    give(side, key, value, timestamp) {
      keys[side === 'left' ? 0 : 1].key = key;
      (side === 'left' ? left : right).next(value, timestamp);
    },
  };
}

describe('processWith', () => {
  it('shares state by key between both sides', () => {
    const { bench, give } = open();
    give('left', 'a', 'x', 1);
    give('right', 'a', 'y', 2);
    give('right', 'b', 'z', 3);
    expect(bench.takeValues()).toEqual([
      ['a x y', 2],
      ['b undefined z', 3],
    ]);
  });

  it('goes by the lower watermark of the two', () => {
    const { bench, left, right, give } = open();
    give('left', 'a', 'x', 0);
    left.watermark(50);
    expect(bench.take()).toEqual([]);
    right.watermark(5);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 5 }]);
    right.watermark(20);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a timer 10', timestamp: 10 },
      { type: 'watermark', timestamp: 20 },
    ]);
  });

  it('leaves an idle side out, never goes back for it, and is idle when both are', () => {
    const { bench, left, right } = open();
    left.watermark(50);
    right.status(true);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 50 }]);
    right.status(false);
    right.watermark(20);
    left.watermark(60);
    expect(bench.take()).toEqual([]);
    left.status(true);
    right.status(true);
    left.status(false);
    expect(bench.take()).toEqual([
      { type: 'status', idle: true },
      { type: 'status', idle: false },
      { type: 'watermark', timestamp: 60 },
    ]);
  });

  it('sends the barrier on when both sides have it, and takes no element between', () => {
    const { bench, left, right, give } = open();
    const barrier = { checkpoint: 1, capture() {}, prepare() {} };
    left.barrier(barrier);
    expect(bench.take()).toEqual([]);
    expect(() => give('right', 'a', 'y', 1)).toThrow('SLUICE_BARRIER');
    expect(() => left.barrier({ ...barrier, checkpoint: 2 })).toThrow('SLUICE_BARRIER');
    right.barrier(barrier);
    expect(bench.take()).toEqual([{ type: 'barrier', checkpoint: 1 }]);
  });

  it('ends when both sides have', () => {
    const { bench, left, right } = open();
    left.watermark(Number.POSITIVE_INFINITY);
    left.complete();
    left.complete();
    expect(bench.take()).toEqual([]);
    right.watermark(Number.POSITIVE_INFINITY);
    right.complete();
    expect(bench.take().map(({ type }) => type)).toEqual(['watermark', 'complete']);
  });

  it('passes an error of either side on', () => {
    const { bench, right } = open();
    right.error('broken');
    expect(bench.take()).toEqual([{ type: 'error', error: 'broken' }]);
  });

  it('restores state, timers and the watermarks of both sides', () => {
    const before = open();
    before.give('left', 'a', 'x', 20);
    before.left.watermark(5);
    before.right.watermark(40);
    const restored = before.bench.capture(before.left, before.right)();
    const after = open(new OperatorBench({ restored }));
    after.give('right', 'a', 'y', 6);
    after.left.watermark(35);
    expect(after.bench.take()).toEqual([
      { type: 'next', value: 'a x y', timestamp: 6 },
      { type: 'next', value: 'a timer 30', timestamp: 30 },
      { type: 'watermark', timestamp: 35 },
    ]);
  });
});
