import { expect, it } from 'vitest';
import type { Barrier, StreamObserver } from '../../packages/core/src/stream/element.js';
import type { CreateOperator } from '../../packages/core/src/stream/operator.js';
import { OperatorBench, type Output } from './operator-bench.js';

/** What an operator without state makes of one value; `undefined` when it is to throw. */
export interface StatelessCase {
  readonly create: CreateOperator;
  /** An input, the key it comes under, and what comes out. */
  readonly examples: readonly { readonly value: unknown; readonly key?: unknown; readonly out: readonly unknown[] }[];
  /** The same operator with a callback that throws, if it has a callback. */
  readonly throwing?: CreateOperator;
}

const barrier = (captured: unknown[]): Barrier => ({
  checkpoint: 7,
  capture: (state) => captured.push(state),
  prepare() {},
});

/** The must-test list of an operator that keeps no state. */
export function statelessCases({ create, examples, throwing }: StatelessCase): void {
  const start = (make: CreateOperator = create): { bench: OperatorBench; input: StreamObserver<unknown> } => {
    const bench = new OperatorBench();
    return { bench, input: make(bench.context, bench.out) };
  };
  const feed = (bench: OperatorBench, input: StreamObserver<unknown>, index: number, timestamp: number): void => {
    bench.inputKey.key = examples[index]?.key;
    const { next } = input;
    next(examples[index]?.value, timestamp);
  };
  const nexts = (bench: OperatorBench): Output[] => bench.outputs.filter(({ type }) => type === 'next');

  it('emits nothing when nothing comes', () => {
    expect(start().bench.outputs).toEqual([]);
  });

  it('passes an empty input on', () => {
    const { bench, input } = start();
    input.watermark(Number.POSITIVE_INFINITY);
    input.complete();
    expect(bench.outputs).toEqual([{ type: 'watermark', timestamp: Number.POSITIVE_INFINITY }, { type: 'complete' }]);
  });

  it('emits for one and for many, each with the timestamp of its input', () => {
    const { bench, input } = start();
    for (let index = 0; index < examples.length; index++) feed(bench, input, index, index * 10);
    const expected = examples.flatMap(({ out }, index) =>
      out.map((value) => ({ type: 'next', value, timestamp: index * 10 })),
    );
    expect(nexts(bench)).toEqual(expected);
  });

  it('passes watermark, idleness, barrier and error on, in order with the values, and captures nothing', () => {
    const { bench, input } = start();
    const captured: unknown[] = [];
    feed(bench, input, 0, 5);
    input.watermark(4);
    input.status(true);
    input.barrier(barrier(captured));
    input.error('broken');
    expect(bench.outputs.slice(-4)).toEqual([
      { type: 'watermark', timestamp: 4 },
      { type: 'status', idle: true },
      { type: 'barrier', checkpoint: 7 },
      { type: 'error', error: 'broken' },
    ]);
    expect(nexts(bench)).toHaveLength(examples[0]?.out.length ?? 0);
    expect(captured).toEqual([]);
  });

  it('starts from nothing after a restore', () => {
    const bench = new OperatorBench({ restored: undefined });
    const input = create(bench.context, bench.out);
    feed(bench, input, 0, 1);
    expect(nexts(bench)).toHaveLength(examples[0]?.out.length ?? 0);
  });

  if (throwing !== undefined) {
    it('lets what its callback throws unwind to the loop, and goes on nowhere', () => {
      const { bench, input } = start(throwing);
      expect(() => feed(bench, input, 0, 1)).toThrow('callback');
      expect(bench.outputs).toEqual([]);
    });
  }
}
