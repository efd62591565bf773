import { EMPTY, filter, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { Keyed, StreamObserver } from '../stream/element.js';
import { keyBy } from './key-by.js';
import type { StatefulOptions } from './stateful-options.js';
import { createTopN, topN } from './top-n.js';
import { values } from './values.js';

interface Opened {
  readonly bench: OperatorBench;
  readonly input: StreamObserver<unknown>;
  give(key: unknown, score: number, name?: string, timestamp?: number): void;
}

interface Scored {
  readonly score: number;
  readonly name: string;
}

function open(n: number, options?: StatefulOptions, bench = new OperatorBench()): Opened {
  const input = createTopN(n, (value) => (value as Scored).score, options)(bench.context, bench.out);
  return {
    bench,
    input,
    give(key, score, name = String(score), timestamp = Number.NaN) {
      bench.inputKey.key = key;
      input.next({ score, name }, timestamp);
    },
  };
}

const namesOf = (bench: OperatorBench): string[] =>
  bench.takeValues().map(([ranking]) => (ranking as Scored[]).map(({ name }) => name).join(' '));

describe('topN', () => {
  it('emits the ranking of the key when a value enters it, with the timestamp of the value', () => {
    const { bench, give } = open(2);
    give('a', 5, 'a5', 1);
    give('b', 1, 'b1', 2);
    give('a', 7, 'a7', 3);
    give('a', 4, 'a4', 4);
    give('a', 6, 'a6', 5);
    expect(bench.takeValues().map(([ranking, at]) => [(ranking as Scored[]).map(({ name }) => name), at])).toEqual([
      [['a5'], 1],
      [['b1'], 2],
      [['a7', 'a5'], 3],
      [['a7', 'a6'], 5],
    ]);
  });

  it('of equal values those that came first stand first, and stay', () => {
    const { bench, give } = open(2);
    for (const name of ['x', 'y', 'z']) give('a', 1, name);
    give('a', 0, 'low');
    expect(namesOf(bench)).toEqual(['x', 'x y']);
  });

  it('passes over what is no number, knows infinities and negative ones', () => {
    const { bench, give } = open(3);
    for (const score of [Number.NaN, -5, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN])
      give('a', score);
    expect(namesOf(bench)).toEqual(['-5', '-5 -Infinity', 'Infinity -5 -Infinity']);
  });

  it('what has been emitted stays as it is, and may be frozen', () => {
    const { bench, give } = open(2);
    give('a', 1);
    const first = bench.takeValues()[0]?.[0];
    Object.freeze(first);
    give('a', 2);
    give('a', 3);
    expect(first).toEqual([{ score: 1, name: '1' }]);
    expect(namesOf(bench)).toEqual(['2 1', '3 2']);
  });

  it('passes everything else on', () => {
    const { bench, input } = open(1);
    input.watermark(5);
    input.watermark(4);
    input.status(true);
    input.status(false);
    bench.snapshot(input);
    input.watermark(Number.POSITIVE_INFINITY);
    input.complete();
    input.error('no');
    expect(bench.take()).toEqual([
      { type: 'watermark', timestamp: 5 },
      { type: 'status', idle: true },
      { type: 'status', idle: false },
      { type: 'barrier', checkpoint: 1 },
      { type: 'watermark', timestamp: Number.POSITIVE_INFINITY },
      { type: 'complete' },
      { type: 'error', error: 'no' },
    ]);
  });

  it('forgets a ranking that has not changed for its ttl, and says nothing of it', () => {
    const { bench, give } = open(2, { ttl: 100 });
    give('a', 5);
    give('a', 6);
    bench.advanceClock(90);
    give('a', 1);
    bench.advanceClock(100);
    give('a', 1);
    expect(namesOf(bench)).toEqual(['5', '6 5', '1']);
  });

  it('counts the ttl from the last element when told to, in event time too', () => {
    const { bench, input, give } = open(1, { ttl: { after: 100, time: 'event', refresh: 'readAndWrite' } });
    give('a', 5, 'x', 1_000);
    give('a', 1, 'y', 1_090);
    input.watermark(1_150);
    give('a', 2, 'z', 1_150);
    input.watermark(1_300);
    give('a', 3, 'u', 1_300);
    expect(namesOf(bench)).toEqual(['x', 'u']);
  });

  it('keeps the state flat over ever new keys', () => {
    const { bench, give, input } = open(2, { ttl: 100 });
    const sizes: number[] = [];
    for (let at = 0; at < 20_000; at++) {
      bench.advanceClock(at);
      give(at, at);
      if (at % 5_000 === 4_999) sizes.push(bench.snapshot(input).length);
      bench.take();
    }
    expect(Math.max(...sizes)).toBeLessThan(10_000);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(1_000);
  });

  it('a snapshot is what was there at the barrier, whatever comes while it is written', () => {
    const before = open(2);
    before.give('a', 1);
    before.give('b', 1);
    const encode = before.bench.capture(before.input);
    before.give('a', 9);
    before.give('c', 9);
    const after = open(2, {}, new OperatorBench({ restored: encode() }));
    after.give('a', 2);
    after.give('c', 2);
    after.give('b', 0);
    expect(namesOf(after.bench)).toEqual(['2 1', '2', '1 0']);
  });

  it('reads a ranking that was longer, and goes on with one that was shorter', () => {
    const before = open(3);
    for (const score of [3, 1, 2]) before.give('a', score);
    const restored = before.bench.snapshot(before.input);
    const shorter = open(2, {}, new OperatorBench({ restored }));
    shorter.give('a', 2.5);
    shorter.give('a', 2.5);
    const longer = open(4, {}, new OperatorBench({ restored }));
    longer.give('a', 0);
    expect([namesOf(shorter.bench), namesOf(longer.bench)]).toEqual([['3 2.5'], ['3 2 1 0']]);
  });

  it('refuses scores that are no numbers, and lets what select throws fail the run', () => {
    const bench = new OperatorBench();
    const { next } = createTopN(1, (() => 10n) as never)(bench.context, bench.out);
    expect(() => next(1, 1)).toThrow('topN: expected `select`');
    const throwing = createTopN(1, () => {
      throw new Error('mine');
    })(bench.context, bench.out);
    expect(() => throwing.next(1, 1)).toThrow('mine');
  });
});

describe('options of topN that cannot be meant', () => {
  it.each<readonly [string, () => unknown, string]>([
    ['none of them', () => topN(0, () => 1), 'topN: expected `n`: a whole number from 1'],
    ['half of one', () => topN(1.5, () => 1), 'topN: expected `n`'],
    ['no select', () => topN(1, undefined as never), 'topN: expected `select`: a function'],
    ['a ttl of nothing', () => topN(1, () => 1, { ttl: 0 }), 'topN: expected `ttl`'],
    ['a ttl that is none', () => topN(1, () => 1, { ttl: 'soon' as never }), 'SLUICE_OPTION'],
    ['some other time', () => topN(1, () => 1, { ttl: { after: 1, time: 'x' as never } }), 'topN: expected `ttl.time`'],
  ])('%s', (_name, make, message) => expect(make).toThrow(message));
});

describe('topN in an RxJS app, without a job', () => {
  const best = topN<number, number>(2, (n) => n);
  const odd = keyBy((n: number) => n % 2);
  it.each([
    ['never', NEVER, []],
    ['empty', EMPTY, ['complete']],
    ['one', of(3), [[3], 'complete']],
    ['many', of(3, 2, 5, 1, 7, 4), [[3], [2], [5, 3], [7, 5], [4, 2], 'complete']],
    ['error', throwError(() => 'bad'), ['bad']],
  ])('%s', (_name, source, expected) => {
    const seen: unknown[] = [];
    const subscription = source
      .pipe(
        filter((n: number) => n > 0),
        odd,
        best,
        values(),
        filter((ranking) => ranking.length > 0),
      )
      .subscribe({
        next: (value) => seen.push(value),
        error: (error) => seen.push(error),
        complete: () => seen.push('complete'),
      });
    expect(seen).toEqual(expected);
    subscription.unsubscribe();
  });

  it('keeps its key, also for a plain subscriber, who may unsubscribe', () => {
    const source = new Subject<number>();
    const seen: Keyed<number, readonly number[]>[] = [];
    const subscription = source.pipe(odd, best).subscribe((keyed) => seen.push(keyed));
    source.next(3);
    subscription.unsubscribe();
    source.next(5);
    expect([seen.map(({ key, value }) => [key, value]), source.observed]).toEqual([[[1, [3]]], false]);
  });
});
