import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { OperatorBench } from '../../../../test/oracle/operator-bench.js';
import type { Ttl } from '../state/ttl.js';
import { checkTtl } from '../state/ttl.js';
import type { StreamObserver } from '../stream/element.js';
import { type DedupeOptions, dedupe } from './dedupe.js';
import { createDedupeFirst, createDedupeLast } from './dedupe-input.js';

interface Opened {
  readonly bench: OperatorBench;
  readonly input: StreamObserver<unknown>;
  give(text: string, timestamp?: number): void;
  values(): string;
}

/** Texts whose first letter is their key. */
function open(keep: 'first' | 'last', ttl: Ttl, bench = new OperatorBench()): Opened {
  const create = keep === 'first' ? createDedupeFirst : createDedupeLast;
  const keyOf = (text: unknown) => (text as string)[0];
  const input = create({ keyOf, ttl: checkTtl('dedupe', ttl) })(bench.context, bench.out);
  return {
    bench,
    input,
    give: (text, timestamp = Number.NaN) => input.next(text, timestamp),
    values: () =>
      bench
        .takeValues()
        .map(([value]) => value)
        .join(' '),
  };
}

const eventTime = (after: number): Ttl => ({ after, time: 'event' });
const END = Number.POSITIVE_INFINITY;

describe('dedupe, keep: first', () => {
  it('emits the first of each key at once, with its timestamp, and once more when the ttl is over', () => {
    const { bench, give } = open('first', 100);
    give('a1', 5);
    give('b1');
    give('a2', 7);
    bench.advanceClock(99);
    give('a3');
    bench.advanceClock(100);
    give('a4');
    expect(bench.takeValues()).toEqual([
      ['a1', 5],
      ['b1', Number.NaN],
      ['a4', Number.NaN],
    ]);
  });

  it('counts the ttl from the last duplicate when told to', () => {
    const { bench, give, values } = open('first', { after: 100, refresh: 'readAndWrite' });
    for (const [now, text] of [
      [0, 'a1'],
      [90, 'a2'],
      [180, 'a3'],
      [280, 'a4'],
    ] as const) {
      bench.advanceClock(now);
      give(text);
    }
    expect(values()).toBe('a1 a4');
  });

  it('goes on dropping until it has been cleaned when told to', () => {
    const { bench, give, values } = open('first', { after: 10, expired: 'untilCleaned' });
    for (const text of ['b', 'c', 'd', 'e', 'a1']) give(text);
    bench.advanceClock(50);
    give('a2');
    for (let others = 0; others < 5; others++) give('f');
    give('a3');
    expect(values()).toBe('b c d e a1 f a3');
  });

  it('by event time, goes by the watermark', () => {
    const { input, give, values } = open('first', eventTime(100));
    give('a1', 1_000);
    input.watermark(1_099);
    give('a2', 1_090);
    input.watermark(1_100);
    give('a3', 1_101);
    expect(values()).toBe('a1 a3');
  });

  it('by event time, an element that is the ttl later passes, however far behind the watermark is', () => {
    const { input, give, values } = open('first', eventTime(100));
    give('a1', -50);
    give('a2', 49);
    give('a3', 50);
    input.watermark(60);
    give('a4', 149);
    give('a5', 150);
    expect(values()).toBe('a1 a3 a5');
  });

  it('an element before there is any event time counts from when there is', () => {
    const { input, give, values } = open('first', eventTime(100));
    give('a1');
    give('a2');
    input.watermark(1_000);
    give('b1', 1_000);
    give('b2', 1_000);
    input.watermark(1_099);
    give('a3');
    input.watermark(1_100);
    give('a4');
    expect(values()).toBe('a1 b1 a4');
  });

  it('goes on dropping in a job that has ended and finds more input', () => {
    const before = open('first', eventTime(100));
    before.give('a1', 1_000);
    before.input.watermark(1_010);
    before.input.watermark(END);
    const after = open('first', eventTime(100), new OperatorBench({ restored: before.bench.snapshot(before.input) }));
    after.give('a2', 1_050);
    after.give('b1', 1_050);
    expect(after.values()).toBe('b1');
  });
});

describe('dedupe, keep: last', () => {
  it('emits the newest by timestamp once the watermark has passed its ttl, and the watermark later by the ttl', () => {
    const { bench, input, give } = open('last', eventTime(100));
    give('a1', 1_000);
    give('a3', 1_050);
    give('a2', 1_020);
    give('a4', 1_050);
    input.watermark(1_149);
    input.watermark(1_150);
    expect(bench.take()).toEqual([
      { type: 'watermark', timestamp: 1_049 },
      { type: 'next', value: 'a4', timestamp: 1_050 },
      { type: 'watermark', timestamp: 1_050 },
    ]);
  });

  it('by event time, a key that was quiet for the ttl comes out, however far behind the watermark is', () => {
    const { bench, input, give } = open('last', eventTime(100));
    give('a1', 1_000);
    give('a2', 1_099);
    give('a3', 1_199);
    input.watermark(1_298);
    input.watermark(1_299);
    expect(bench.take()).toEqual([
      { type: 'next', value: 'a2', timestamp: 1_099 },
      { type: 'watermark', timestamp: 1_198 },
      { type: 'next', value: 'a3', timestamp: 1_199 },
      { type: 'watermark', timestamp: 1_199 },
    ]);
  });

  it('by the clock, emits what came last once the key has been quiet', () => {
    const { bench, give, values } = open('last', 100);
    give('a1', 9);
    bench.advanceClock(60);
    give('a2', 3);
    bench.advanceClock(159);
    expect(values()).toBe('');
    bench.advanceClock(160);
    expect(bench.takeValues()).toEqual([['a2', 3]]);
  });

  it('an element that meets one that is over does not replace it, unless told to', () => {
    for (const [expired, expected] of [
      ['never', 'a1 a2'],
      ['untilCleaned', 'a2'],
    ] as const) {
      const { bench, input, give, values } = open('last', { after: 100, expired });
      give('a1');
      bench.now = 100;
      give('a2');
      bench.advanceClock(200);
      input.watermark(END);
      expect(values()).toBe(expected);
    }
  });

  it('emits everything at the end, by the clock too', () => {
    for (const ttl of [1_000, eventTime(1_000)]) {
      const { bench, input, give } = open('last', ttl);
      give('a1', 1);
      give('b1', 2);
      input.watermark(END);
      input.complete();
      expect(bench.take().map((output) => (output.type === 'next' ? output.value : output.type))).toEqual([
        'a1',
        'b1',
        'watermark',
        'complete',
      ]);
    }
  });

  it('an element before there is any event time counts from when there is', () => {
    const { input, give, values } = open('last', eventTime(100));
    give('a1');
    give('a2');
    input.watermark(1_000);
    expect(values()).toBe('');
    input.watermark(1_100);
    expect(values()).toBe('a2');
  });

  it('emits in slices, and holds the watermark and the barrier until all are out', () => {
    const { bench, input, give } = open('last', eventTime(10), new OperatorBench({ slice: 4 }));
    for (let at = 0; at < 26; at++) give(String.fromCharCode(97 + at), at);
    input.watermark(50);
    expect(bench.takeValues()).toHaveLength(4);
    bench.snapshot(input);
    const outputs = bench.take().map(({ type }) => type);
    expect(outputs.lastIndexOf('next')).toBeLessThan(outputs.indexOf('watermark'));
    expect(outputs.slice(-2)).toEqual(['watermark', 'barrier']);
  });
});

describe.each(['first', 'last'] as const)('dedupe, keep: %s', (keep) => {
  it('passes everything else on', () => {
    const { bench, input } = open(keep, 100);
    input.watermark(5);
    input.watermark(4);
    input.status(true);
    input.status(false);
    bench.snapshot(input);
    input.watermark(END);
    input.complete();
    input.error('no');
    expect(bench.take()).toEqual([
      { type: 'watermark', timestamp: 5 },
      { type: 'status', idle: true },
      { type: 'status', idle: false },
      { type: 'barrier', checkpoint: 1 },
      { type: 'watermark', timestamp: END },
      { type: 'complete' },
      { type: 'error', error: 'no' },
    ]);
  });

  it('keeps the state flat, however long the stream', () => {
    for (const ttl of [100, eventTime(100)]) {
      const bench = new OperatorBench();
      const create = keep === 'first' ? createDedupeFirst : createDedupeLast;
      const ttlChecked = checkTtl('dedupe', ttl);
      const input = create({ keyOf: (value) => value, ttl: ttlChecked })(bench.context, bench.out);
      const sizes: number[] = [];
      for (let at = 0; at < 50_000; at++) {
        input.next(at, at);
        bench.advanceClock(at);
        input.watermark(at);
        if (at % 10_000 === 9_999) sizes.push(bench.snapshot(input).length);
        bench.take();
      }
      // A time of each key and, with `last`, its element: far below the 10,000 keys between two snapshots.
      expect(Math.max(...sizes)).toBeLessThan(8_000);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(600);
    }
  });

  it('a snapshot is what was there at the barrier, whatever comes while it is written', () => {
    const before = open(keep, 100);
    for (const text of ['a1', 'b1', 'c1']) before.give(text);
    const encode = before.bench.capture(before.input);
    for (const text of ['a2', 'b2', 'd2']) before.give(text);
    before.bench.advanceClock(500);
    before.give('e2');
    const after = open(keep, 100, new OperatorBench({ restored: encode() }));
    for (const text of ['a3', 'd3']) after.give(text);
    after.input.watermark(END);
    expect(after.values().split(' ').sort().join(' ')).toBe(keep === 'first' ? 'd3' : 'a3 b1 c1 d3');
  });

  it('refuses the state of the other kind', () => {
    const other = keep === 'first' ? 'last' : 'first';
    const before = open(other, 100);
    before.give('a1');
    const bench = new OperatorBench({ restored: before.bench.snapshot(before.input) });
    expect(() => open(keep, 100, bench)).toThrow('SLUICE_STATE_VERSION');
  });

  it('refuses a key that is none, and a callback that throws fails the run', () => {
    const bench = new OperatorBench();
    const create = keep === 'first' ? createDedupeFirst : createDedupeLast;
    const ttl = checkTtl('dedupe', 100);
    const { next } = create({ keyOf: () => undefined, ttl })(bench.context, bench.out);
    expect(() => next(1, 1)).toThrow('SLUICE_KEY');
    const throwing = create({
      keyOf: () => {
        throw new Error('mine');
      },
      ttl,
    })(bench.context, bench.out);
    expect(() => throwing.next(1, 1)).toThrow('mine');
  });
});

describe('options of dedupe that cannot be meant', () => {
  const wrong = (options: unknown) => () => dedupe(() => 1, options as DedupeOptions);
  it.each<readonly [string, () => unknown, string]>([
    ['no key', () => dedupe(undefined as never, { ttl: 1 }), 'dedupe: expected `keyOf`: a function'],
    ['no options', wrong(undefined), 'dedupe: expected `options`'],
    ['no ttl', wrong({}), 'dedupe: expected `ttl`'],
    ['a ttl of nothing', wrong({ ttl: 0 }), 'dedupe: expected `ttl`'],
    ['a ttl that is none', wrong({ ttl: '1 hour' }), 'SLUICE_OPTION'],
    ['a ttl of some other time', wrong({ ttl: { after: 1, time: 'ingestion' } }), 'dedupe: expected `ttl.time`'],
    ['a ttl with some other refresh', wrong({ ttl: { after: 1, refresh: 'read' } }), 'dedupe: expected `ttl.refresh`'],
    ['a ttl that expires somehow', wrong({ ttl: { after: 1, expired: 'ever' } }), 'dedupe: expected `ttl.expired`'],
    ['keep of some other', wrong({ ttl: 1, keep: 'newest' }), 'dedupe: expected `keep`'],
  ])('%s', (_name, make, message) => expect(make).toThrow(message));

  it('event time without timestamps', () => {
    const errors: unknown[] = [];
    try {
      of('a')
        .pipe(dedupe((text) => text, { ttl: eventTime(1) }))
        .subscribe({ error: (error) => errors.push(error) });
    } catch (error) {
      errors.push(error);
    }
    expect(String(errors[0])).toContain('SLUICE_NO_TIMESTAMPS');
  });
});

describe('dedupe in an RxJS app, without a job', () => {
  it.each([
    ['never', NEVER, []],
    ['empty', EMPTY, ['complete']],
    ['one', of('a'), ['a', 'complete']],
    ['many', of('a', 'b', 'a'), ['a', 'b', 'complete']],
    ['error', throwError(() => 'bad'), ['bad']],
  ])('%s', (_name, source, expected) => {
    const seen: unknown[] = [];
    const subscription = source.pipe(dedupe((text: string) => text, { ttl: '1h' })).subscribe({
      next: (value) => seen.push(value),
      error: (error) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    expect(seen).toEqual(expected);
    subscription.unsubscribe();
  });

  it('last', () => {
    const seen: string[] = [];
    of('a1', 'b1', 'a2')
      .pipe(dedupe((text) => text[0] as string, { ttl: '1h', keep: 'last' }))
      .subscribe((text) => seen.push(text));
    expect(seen.sort()).toEqual(['a2', 'b1']);
  });

  it('unsubscribed early', () => {
    const source = new Subject<string>();
    const seen: string[] = [];
    const subscription = source.pipe(dedupe((text) => text, { ttl: '1h' })).subscribe((text) => seen.push(text));
    source.next('a');
    subscription.unsubscribe();
    source.next('b');
    expect([seen, source.observed]).toEqual([['a'], false]);
  });
});
