import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { StreamObserver } from '../stream/element.js';
import { withBroadcast } from './with-broadcast.js';
import { createWithBroadcast } from './with-broadcast-input.js';

interface Opened {
  readonly bench: OperatorBench;
  readonly elements: StreamObserver<unknown>;
  readonly control: StreamObserver<unknown>;
}

function open(bench = new OperatorBench(), initial?: { readonly value: unknown }): Opened {
  const project = (value: unknown, latest: unknown) => `${value} ${latest}`;
  const [elements, control] = createWithBroadcast({ project, initial, mostHeld: 100 }, bench.context, bench.out);
  return { bench, elements, control };
}

const END = Number.POSITIVE_INFINITY;
const valuesOf = (bench: OperatorBench): string[] => bench.takeValues().map(([value]) => value as string);

describe('withBroadcast', () => {
  it('gives each element the latest control value, at once and with its own timestamp', () => {
    const { bench, elements, control } = open(new OperatorBench(), { value: 'none' });
    elements.next('a', 1);
    control.next('x', 50);
    elements.next('b', 2);
    elements.next('c', Number.NaN);
    control.next(undefined, 60);
    elements.next('d', 3);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a none', timestamp: 1 },
      { type: 'next', value: 'b x', timestamp: 2 },
      { type: 'next', value: 'c x', timestamp: Number.NaN },
      { type: 'next', value: 'd undefined', timestamp: 3 },
    ]);
  });

  it('keeps elements without a control value in their order, with the watermark behind them', () => {
    const { bench, elements, control } = open();
    control.watermark(5);
    elements.watermark(3);
    elements.next('a', 10);
    elements.next('b', 7);
    elements.watermark(4);
    elements.watermark(20);
    expect(bench.take()).toEqual([{ type: 'watermark', timestamp: 3 }]);
    control.next('x', 0);
    elements.next('c', 21);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a x', timestamp: 10 },
      { type: 'next', value: 'b x', timestamp: 7 },
      { type: 'watermark', timestamp: 5 },
      { type: 'next', value: 'c x', timestamp: 21 },
    ]);
  });

  it('lets them go in slices; who comes meanwhile comes behind them', () => {
    for (const next of ['element', 'control', 'barrier', 'watermark', 'nothing']) {
      const { bench, elements, control } = open(new OperatorBench({ slice: 2 }));
      for (let n = 0; n < 5; n++) elements.next(n, n);
      control.next('x', 0);
      expect(valuesOf(bench)).toEqual(['0 x', '1 x']);
      if (next === 'element') elements.next(5, 5);
      if (next === 'control') control.next('y', 0);
      if (next === 'barrier') bench.capture(elements, control);
      if (next === 'watermark') for (const input of [elements, control]) input.watermark(9);
      bench.finish();
      elements.next(6, 6);
      const last = next === 'element' ? ['5 x', '6 x'] : next === 'control' ? ['6 y'] : ['6 x'];
      const all = bench.take();
      expect(all.flatMap((output) => (output.type === 'next' ? [output.value] : []))).toEqual([
        '2 x',
        '3 x',
        '4 x',
        ...last,
      ]);
      const other = all.findIndex(({ type }) => type === 'barrier' || type === 'watermark');
      expect(other).toBe(next === 'barrier' || next === 'watermark' ? 3 : -1);
    }
  });

  it('goes by the lower watermark of both inputs, passes idleness and the end on when both have it', () => {
    const { bench, elements, control } = open(new OperatorBench(), { value: 0 });
    elements.watermark(50);
    control.watermark(5);
    control.status(true);
    elements.status(true);
    elements.status(false);
    elements.watermark(END);
    control.status(false);
    control.watermark(END);
    elements.complete();
    control.complete();
    control.error('no');
    expect(bench.take()).toEqual([
      { type: 'watermark', timestamp: 5 },
      { type: 'watermark', timestamp: 50 },
      { type: 'status', idle: true },
      { type: 'status', idle: false },
      { type: 'status', idle: true },
      { type: 'status', idle: false },
      { type: 'watermark', timestamp: END },
      { type: 'complete' },
      { type: 'error', error: 'no' },
    ]);
  });

  it('takes nothing between the barriers of one wave', () => {
    const { elements, control } = open();
    const barrier = { checkpoint: 1, capture() {}, prepare() {} };
    control.barrier(barrier);
    expect(() => elements.next('a', 1)).toThrow('SLUICE_BARRIER');
    expect(() => control.next('x', 1)).toThrow('SLUICE_BARRIER');
    elements.barrier(barrier);
    elements.next('a', 1);
  });

  it('restores the latest control value, and the watermarks', () => {
    const before = open();
    before.control.next({ rule: 1 }, 0);
    before.elements.watermark(10);
    before.control.watermark(20);
    const encode = before.bench.capture(before.elements, before.control);
    before.control.next('later', 0);
    const after = open(new OperatorBench({ restored: encode() }), { value: 'initial' });
    after.elements.next('a', 11);
    after.elements.watermark(15);
    expect(after.bench.take()).toEqual([
      { type: 'next', value: 'a [object Object]', timestamp: 11 },
      { type: 'watermark', timestamp: 15 },
    ]);
  });

  it('restores elements that wait, in their order, with the watermark that waits', () => {
    const before = open();
    for (let n = 0; n < 20; n++) before.elements.next(n, n);
    before.control.watermark(30);
    before.elements.watermark(25);
    const encode = before.bench.capture(before.elements, before.control);
    before.elements.next('later', 40);
    before.control.next('x', 0);
    const restored = encode();
    const [waiting, given] = [
      open(new OperatorBench({ restored })),
      open(new OperatorBench({ restored }), { value: 'x' }),
    ];
    waiting.elements.next(20, 26);
    waiting.control.next('x', 0);
    for (const { bench } of [waiting, given]) {
      const outputs = bench.take();
      const values = outputs.flatMap((output) => (output.type === 'next' ? [output.value] : []));
      expect(values).toEqual(Array.from({ length: values.length }, (_, n) => `${n} x`));
      expect([values.length >= 20, outputs.at(-1)]).toEqual([true, { type: 'watermark', timestamp: 25 }]);
    }
  });

  it('fails when the control stream ends without a value that elements wait for', () => {
    const first = open();
    first.elements.next('a', 1);
    expect(() => first.control.watermark(END)).toThrow('SLUICE_BROADCAST_MISSING');
    const then = open();
    then.control.watermark(END);
    expect(() => then.elements.next('a', 1)).toThrow('SLUICE_BROADCAST_MISSING');
    const none = open();
    none.control.watermark(END);
    none.elements.watermark(END);
    expect(none.bench.take()).toEqual([{ type: 'watermark', timestamp: END }]);
  });

  it('fails when too many elements wait', () => {
    const { elements } = open();
    const give = (count: number): void => {
      for (let n = 0; n < count; n++) elements.next(n, n);
    };
    give(100);
    expect(() => give(1)).toThrow('SLUICE_BROADCAST_MISSING');
  });
});

describe('options of withBroadcast that cannot be meant', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['no control', () => withBroadcast(1 as never, () => 1), 'withBroadcast: expected `control`'],
    ['no project', () => withBroadcast(NEVER, undefined as never), 'withBroadcast: expected `project`'],
    ['no options', () => withBroadcast(NEVER, () => 1, null as never), 'withBroadcast: expected `options`'],
  ])('%s', (_name, make, message) => expect(make).toThrow(message));
});

describe('withBroadcast in an RxJS app, without a job', () => {
  const sum = (control: Parameters<typeof withBroadcast<number, number, number>>[0]) =>
    withBroadcast<number, number, number>(control, (n, latest) => n + latest);

  it.each([
    ['never', NEVER, of(10), []],
    ['empty', EMPTY, of(10), ['complete']],
    ['one', of(1), of(10), [11, 'complete']],
    ['many', of(1, 2, 3), of(10, 20), [21, 22, 23, 'complete']],
    ['an error', throwError(() => 'bad'), of(10), ['bad']],
    ['an error of the control stream', of(1), throwError(() => 'bad'), ['bad']],
    ['no control value', of(1), EMPTY, ['SLUICE_BROADCAST_MISSING']],
  ])('%s', (_name, source, control, expected) => {
    const seen: unknown[] = [];
    const subscription = source.pipe(sum(control)).subscribe({
      next: (value) => seen.push(value),
      error: (error) => seen.push(error.code ?? error),
      complete: () => seen.push('complete'),
    });
    expect(seen).toEqual(expected);
    subscription.unsubscribe();
  });

  it('unsubscribed early', () => {
    const [source, control] = [new Subject<number>(), new Subject<number>()];
    const seen: number[] = [];
    const subscription = source.pipe(sum(control)).subscribe((value) => seen.push(value));
    source.next(1);
    control.next(10);
    subscription.unsubscribe();
    expect([seen, source.observed, control.observed]).toEqual([[11], false, false]);
  });
});
