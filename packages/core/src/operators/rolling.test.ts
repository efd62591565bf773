import fc from 'fast-check';
import { EMPTY, NEVER, of, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { allOf, countOf, foldOf, maxOf, sumOf } from '../aggregates/index.js';
import type { CapturedState } from '../stream/barrier.js';
import type { Barrier, Keyed, StreamObserver } from '../stream/element.js';
import type { CreateOperator, OperatorContext } from '../stream/operator.js';
import { aggregateByKey, createAggregateByKey } from './aggregate-by-key.js';
import { keyBy } from './key-by.js';
import { createScanByKey, scanByKey } from './scan-by-key.js';
import { values } from './values.js';

type Note = readonly unknown[];

/** The operator alone: what it is given and what it gives. */
function run(create: CreateOperator, restored?: Uint8Array, clock = { at: 0 }) {
  const notes: Note[] = [];
  const inputKey: { key: unknown } = { key: undefined };
  const outputKey: { key: unknown } = { key: undefined };
  let captured: CapturedState | undefined;
  const context = {
    uid: 'rolling',
    name: 'rolling',
    task: { sliceOver: () => false, unfinished() {}, alarm() {} },
    clock: { now: () => clock.at, sleep: async () => {} },
    maxParallelism: 16,
    restored,
    inputKey,
    outputKey,
  } as unknown as OperatorContext;
  const out: StreamObserver<unknown> = {
    next: (value, timestamp) => notes.push([outputKey.key, value, timestamp]),
    watermark: (t) => notes.push(['watermark', t]),
    barrier: ({ checkpoint }) => notes.push(['barrier', checkpoint]),
    status: (idle) => notes.push(['idle', idle]),
    error: (error) => notes.push(['error', error]),
    complete: () => notes.push(['complete']),
  };
  const operator = create(context, out);
  return {
    operator,
    clock,
    next(key: unknown, value: unknown, timestamp = 0) {
      inputKey.key = key;
      operator.next(value, timestamp);
      return this;
    },
    capture(): CapturedState {
      const barrier: Barrier = {
        checkpoint: 1,
        capture: (state) => {
          captured = state;
        },
        prepare() {},
      };
      operator.barrier(barrier);
      return captured as CapturedState;
    },
    notes: () => notes.splice(0),
  };
}

function bytesOf(state: CapturedState): Uint8Array {
  const chunks: Uint8Array[] = [];
  state.encode(
    (chunk) => chunks.push(chunk),
    () => false,
  );
  return new Uint8Array(Buffer.concat(chunks));
}

const sum = (options?: Parameters<typeof createAggregateByKey>[1]) =>
  createAggregateByKey(
    sumOf((n: number) => n),
    options,
  );
const scan = (options?: Parameters<typeof createAggregateByKey>[1]) =>
  createScanByKey(
    (before, value) => (before as number) + (value as number),
    () => 0,
    options,
  );

describe.each([
  ['aggregateByKey', sum],
  ['scanByKey', scan],
])('%s', (_name, create) => {
  it('emits the current result of its key for each element, with its timestamp', () => {
    const rolling = run(create());
    rolling.next('a', 1, 10).next(['b', 1], 2, 20).next('a', 3, Number.NaN).next(['b', 1], 4, 5);
    expect(rolling.notes()).toEqual([
      ['a', 1, 10],
      [['b', 1], 2, 20],
      ['a', 4, Number.NaN],
      [['b', 1], 6, 5],
    ]);
  });

  it('passes everything else on, in order', () => {
    const rolling = run(create());
    rolling.operator.watermark(5);
    rolling.operator.status(true);
    rolling.operator.status(false);
    rolling.operator.watermark(4);
    rolling.capture();
    rolling.operator.watermark(Number.POSITIVE_INFINITY);
    rolling.operator.complete();
    rolling.operator.error('no');
    expect(rolling.notes()).toEqual([
      ['watermark', 5],
      ['idle', true],
      ['idle', false],
      ['barrier', 1],
      ['watermark', Number.POSITIVE_INFINITY],
      ['complete'],
      ['error', 'no'],
    ]);
  });

  it('goes on after a restore, from what was there at the barrier', () => {
    const before = run(create());
    before.next('a', 1).next('b', 2);
    before.operator.watermark(7);
    const state = before.capture();
    before.next('a', 100).next('c', 100);
    const after = run(create(), bytesOf(state));
    after.next('a', 1).next('b', 1).next('c', 1);
    expect(after.notes().map(([, value]) => value)).toEqual([2, 3, 1]);
  });

  it('forgets a key after its ttl, in processing time', () => {
    const rolling = run(create({ ttl: 100 }));
    rolling.next('a', 1);
    rolling.clock.at = 99;
    rolling.next('a', 1);
    rolling.clock.at = 199;
    rolling.next('a', 1);
    expect(rolling.notes().map(([, value]) => value)).toEqual([1, 2, 1]);
  });

  it('forgets a key after its ttl, in event time, also after a restore', () => {
    const ttl = { after: 100, time: 'event' as const };
    const before = run(create({ ttl }));
    before.next('a', 1, 1000).next('b', 1, 1000);
    before.operator.watermark(1050);
    before.next('a', 1, 1060);
    const after = run(create({ ttl }), bytesOf(before.capture()));
    after.operator.watermark(1100);
    after.next('a', 1, 1000).next('b', 1, 1000);
    expect([...before.notes(), ...after.notes()].filter((note) => note.length === 3).map(([, value]) => value)).toEqual(
      [1, 1, 2, 3, 1],
    );
  });

  it('is the same with a ttl that never comes, and keeps the state of a job that had none', () => {
    const before = run(create());
    before.next('a', 1);
    const timed = run(create({ ttl: '1d' }), bytesOf(before.capture()));
    timed.next('a', 1);
    const untimed = run(create(), bytesOf(timed.capture()));
    untimed.next('a', 1);
    expect(
      [...timed.notes(), ...untimed.notes()].filter((note) => note.length === 3).map(([, value]) => value),
    ).toEqual([2, 3]);
  });

  it('a restore at a random barrier, encoded in slices while elements come, changes nothing', () => {
    const element = fc.record({ key: fc.constantFrom<unknown>('a', 1, ['a', 1], '__proto__'), n: fc.integer() });
    fc.assert(
      fc.property(fc.array(element, { maxLength: 30 }), fc.array(element, { maxLength: 30 }), (first, second) => {
        const straight = run(create());
        for (const { key, n } of first) straight.next(key, n);
        straight.notes();
        const state = straight.capture();
        straight.notes();
        for (const { key, n } of second) straight.next(key, n);
        const resumed = run(create(), bytesOf(state));
        for (const { key, n } of second) resumed.next(key, n);
        expect(resumed.notes()).toEqual(straight.notes());
      }),
      { numRuns: 100 },
    );
  });
});

describe('aggregateByKey', () => {
  it('refuses accumulators of another aggregate', () => {
    const before = run(sum());
    before.next('a', 1);
    expect(() => run(createAggregateByKey(countOf()), bytesOf(before.capture()))).toThrow('SLUICE_STATE_VERSION');
  });

  it('a throwing callback throws', () => {
    const rolling = run(
      createAggregateByKey(
        sumOf((n: number) => {
          if (n < 0) throw new Error('negative');
          return n;
        }),
      ),
    );
    rolling.next('a', 1);
    expect(() => rolling.next('a', -1)).toThrow('negative');
    rolling.next('a', 1);
    expect(rolling.notes().map(([, value]) => value)).toEqual([1, 2]);
  });

  it('an accumulator may be undefined', () => {
    const last = foldOf<number, number | undefined>(
      () => 5,
      (_, n) => (n > 0 ? n : undefined),
    );
    const rolling = run(createAggregateByKey(last));
    rolling.next('a', 0).next('a', 0).next('a', 3);
    expect(rolling.notes().map(([, value]) => value)).toEqual([undefined, undefined, 3]);
  });
});

describe('in an RxJS app, without a job', () => {
  interface Bid {
    readonly auction: number;
    readonly price: number;
  }
  const summary = aggregateByKey<number, Bid, { readonly n: number; readonly highest: number }>(
    allOf({ n: countOf<Bid>(), highest: maxOf((bid: Bid) => bid.price) }),
  );
  const bids: Bid[] = [
    { auction: 1, price: 5 },
    { auction: 2, price: 7 },
    { auction: 1, price: 3 },
  ];

  it('many', () => {
    const seen: unknown[] = [];
    const subscription = of(...bids)
      .pipe(
        keyBy((bid) => bid.auction),
        summary,
        values(),
      )
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([
      { n: 1, highest: 5 },
      { n: 1, highest: 7 },
      { n: 2, highest: 5 },
    ]);
    expect(subscription.closed).toBe(true);
  });

  it.each([
    ['never', NEVER, []],
    ['empty', EMPTY, ['complete']],
    ['error', throwError(() => 'bad'), ['bad']],
  ])('%s', (_name, source, expected) => {
    const seen: unknown[] = [];
    const total = scanByKey<number, Bid, number>(
      (before, bid) => before + bid.price,
      () => 0,
    );
    source
      .pipe(
        keyBy((bid: Bid) => bid.auction),
        total,
      )
      .subscribe({
        next: (value: Keyed<number, number>) => seen.push(value),
        error: (error) => seen.push(error),
        complete: () => seen.push('complete'),
      });
    expect(seen).toEqual(expected);
  });

  it('unsubscribed early', () => {
    const source = new Subject<Bid>();
    const seen: unknown[] = [];
    const subscription = source
      .pipe(
        keyBy((bid) => bid.auction),
        summary,
        values(),
      )
      .subscribe((value) => seen.push(value.n));
    source.next({ auction: 1, price: 1 });
    subscription.unsubscribe();
    source.next({ auction: 1, price: 1 });
    expect([seen, source.observed]).toEqual([[1], false]);
  });
});
