import { ByteReader, ByteWriter } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AggregateFunction } from './aggregate-function.js';
import { type CompiledAggregate, compileAggregate } from './compile.js';
import {
  allOf,
  averageOf,
  countOf,
  defineAggregate,
  distinctCountOf,
  foldOf,
  listOf,
  maxBy,
  maxOf,
  minBy,
  minOf,
  reduceOf,
  sumOf,
  topOf,
} from './index.js';

interface Sale {
  readonly shop: string;
  readonly price: number;
  readonly at: number;
}

const aSale: fc.Arbitrary<Sale> = fc.record({
  shop: fc.constantFrom('a', 'b', '__proto__', ''),
  price: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double(), fc.constantFrom(-0, 2 ** 31, 1e300)),
  at: fc.integer(),
});

/** Each with what it must be, computed by other means. */
const cases: Record<string, readonly [AggregateFunction<Sale, unknown, unknown>, (sales: readonly Sale[]) => unknown]> =
  {
    countOf: [countOf(), (sales) => sales.length],
    'countOf where': [countOf((sale) => sale.price > 0), (sales) => sales.filter(({ price }) => price > 0).length],
    sumOf: [sumOf((sale) => sale.at), (sales) => sales.reduce((sum, { at }) => sum + at, 0)],
    averageOf: [averageOf((sale) => sale.at), (sales) => sales.reduce((sum, { at }) => sum + at, 0) / sales.length],
    minOf: [
      minOf((sale: Sale) => sale.price),
      (sales) =>
        sales
          .map(({ price }) => price)
          .filter((price) => !Number.isNaN(price))
          .sort((a, b) => a - b)[0],
    ],
    'maxOf strings': [
      maxOf((sale: Sale) => sale.shop),
      (sales) =>
        sales
          .map(({ shop }) => shop)
          .sort()
          .at(-1),
    ],
    'maxOf dates': [
      maxOf((sale: Sale) => new Date(sale.price * 1e15)),
      (sales) => {
        const dates = sales.map(({ price }) => new Date(price * 1e15)).filter((date) => !Number.isNaN(date.getTime()));
        return dates.reduce<Date | undefined>(
          (best, date) => (best === undefined || date > best ? date : best),
          undefined,
        );
      },
    ],
    'minOf bigints': [
      minOf((sale: Sale) => BigInt(sale.at)),
      (sales) =>
        sales
          .map(({ at }) => BigInt(at))
          .reduce<bigint | undefined>((a, b) => (a === undefined || b < a ? b : a), undefined),
    ],
    minBy: [minBy((sale) => sale.price), (sales) => ranked(sales, (a, b) => a - b)[0]],
    maxBy: [maxBy((sale) => sale.price), (sales) => ranked(sales, (a, b) => b - a)[0]],
    topOf: [topOf(3, (sale) => sale.price), (sales) => ranked(sales, (a, b) => b - a).slice(0, 3)],
    distinctCountOf: [distinctCountOf((sale) => sale.shop), (sales) => new Set(sales.map(({ shop }) => shop)).size],
    'distinctCountOf tuples': [
      distinctCountOf((sale) => [sale.shop, sale.price]),
      (sales) => new Set(sales.map(({ shop, price }) => `${shop}|${price}`)).size,
    ],
    reduceOf: [reduceOf((a, b) => (b.at > a.at ? b : a)), (sales) => ranked(sales, (a, b) => b - a, 'at')[0]],
    foldOf: [
      foldOf(
        () => '',
        (text, sale: Sale) => text + sale.shop,
        (a, b) => a + b,
      ),
      (sales) => sales.map(({ shop }) => shop).join(''),
    ],
    listOf: [listOf<Sale>(), (sales) => sales],
  };

/** Stable; without those that cannot be compared. */
function ranked(sales: readonly Sale[], order: (a: number, b: number) => number, by: 'price' | 'at' = 'price') {
  return sales.filter((sale) => !Number.isNaN(sale[by])).sort((a, b) => order(a[by], b[by]));
}

function everything(): AggregateFunction<Sale, unknown, Record<string, unknown>> {
  const shape = Object.fromEntries(Object.entries(cases).map(([name, [aggregate]]) => [name, aggregate]));
  return allOf<Sale, typeof shape>({ ...shape, ['__proto__']: countOf(), nested: allOf<Sale, typeof shape>(shape) });
}

function restored(aggregate: CompiledAggregate<Sale>, accumulator: object): object {
  const writer = new ByteWriter();
  aggregate.write(writer, accumulator);
  const reader = new ByteReader(writer.finish());
  const back = aggregate.read(reader);
  reader.end();
  return back;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

function forbidCode(): void {
  vi.stubGlobal('Function', function forbidden() {
    throw new EvalError('Code generation from strings disallowed for this context');
  });
}

describe.each(['generated', 'interpreted'])('aggregate functions, %s', (how) => {
  const compile = (aggregate: AggregateFunction<Sale, unknown, unknown>) => {
    if (how === 'interpreted') forbidCode();
    return compileAggregate(aggregate);
  };

  it.each(Object.entries(cases))('%s', (_name, [aggregate, expected]) => {
    const compiled = compile(aggregate);
    fc.assert(
      fc.property(fc.array(aSale, { maxLength: 12 }), fc.nat(12), fc.boolean(), (sales, cut, merging) => {
        const first = compiled.create();
        for (const sale of sales.slice(0, cut)) compiled.add(first, sale, 0);
        let all = restored(compiled, first);
        const rest = merging ? compiled.create() : all;
        for (const sale of sales.slice(cut)) expect(compiled.addAndGet(rest, sale, 0)).toEqual(compiled.result(rest));
        if (merging) compiled.merge(all, rest);
        all = restored(compiled, all);
        expect(compiled.result(all)).toEqual(expected(sales));
      }),
      { numRuns: 60 },
    );
  });

  it('allOf of all of them, nested, is each of them', () => {
    const compiled = compile(everything());
    fc.assert(
      fc.property(fc.array(aSale, { maxLength: 8 }), (sales) => {
        let accumulator = compiled.create();
        for (const sale of sales) compiled.add(accumulator, sale, 0);
        accumulator = restored(compiled, accumulator);
        const result = compiled.result(accumulator) as Record<string, unknown>;
        const each = Object.fromEntries(Object.entries(cases).map(([name, [, expected]]) => [name, expected(sales)]));
        const { nested, ...flat } = result;
        expect(nested).toEqual(each);
        expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
        expect(Object.entries(flat)).toEqual([...Object.entries(each), ['__proto__', sales.length]]);
      }),
      { numRuns: 30 },
    );
  });
});

it('generated and interpreted accumulators have the same bytes', () => {
  const generated = compileAggregate(everything());
  forbidCode();
  const interpreted = compileAggregate(everything());
  vi.unstubAllGlobals();
  const sales: Sale[] = [1, 2, 3].map((price) => ({ shop: 'x', price, at: price }));
  const bytes = [generated, interpreted].map((compiled) => {
    const accumulator = compiled.create();
    for (const sale of sales) compiled.add(accumulator, sale, 0);
    const writer = new ByteWriter();
    compiled.write(writer, accumulator);
    return writer.finish();
  });
  expect(bytes[0]).toEqual(bytes[1]);
});

it('what several parts count or add up by the same function is kept once, and written for each of them', () => {
  const price = vi.fn((sale: Sale) => sale.price);
  const positive = (sale: Sale) => sale.price > 0;
  const inner = { mean: averageOf(price), positive: countOf(positive), at: sumOf((sale: Sale) => sale.at) };
  const shape = {
    mean: averageOf(price),
    n: countOf<Sale>(),
    total: sumOf(price),
    positive: countOf(positive),
    nested: allOf<Sale, typeof inner>(inner),
  };
  const generated = compileAggregate(allOf<Sale, typeof shape>(shape));
  forbidCode();
  const interpreted = compileAggregate(allOf<Sale, typeof shape>(shape));
  vi.unstubAllGlobals();
  const ofThree = [0.1, -0.2, 0.3].map((value, at): Sale => ({ shop: '', price: value, at }));
  const [left, right] = [generated.create(), generated.create()];
  for (const sale of ofThree) generated.add(left, sale, 0);
  expect(price).toHaveBeenCalledTimes(3);
  // The sum and the count of all, the count of some, and the sum of something else.
  expect(Object.keys(left)).toHaveLength(4);
  for (const sale of ofThree) generated.add(right, sale, 0);
  generated.merge(left, right);

  const [one, other] = [interpreted.create(), interpreted.create()];
  for (const sale of ofThree) interpreted.add(one, sale, 0);
  for (const sale of ofThree) interpreted.add(other, sale, 0);
  interpreted.merge(one, other);
  expect(generated.result(left)).toEqual(interpreted.result(one));

  const writer = new ByteWriter();
  interpreted.write(writer, one);
  const reader = new ByteReader(writer.finish());
  const back = generated.read(reader);
  reader.end();
  expect(generated.result(back)).toEqual(interpreted.result(one));
  generated.clear(back);
  expect(generated.result(back)).toEqual(generated.result(generated.create()));
  expect(restored(generated, left)).toEqual(left);
});

it('an aggregate function made from another one keeps its own result', () => {
  const cents = defineAggregate({ ...sumOf((sale: Sale) => sale.price), result: (sum) => sum * 100 });
  const compiled = compileAggregate<Sale, number>(cents as AggregateFunction<Sale, unknown, number>);
  expect(compiled.addAndGet(compiled.create(), { shop: '', price: 2, at: 0 }, 0)).toBe(200);
});

it('knows whether it can merge', () => {
  const fold = foldOf(
    () => 0,
    (sum: number, sale: Sale) => sum + sale.at,
  );
  expect(compileAggregate<Sale, unknown>(allOf({ n: countOf<Sale>() })).mergeable).toBe(true);
  expect(compileAggregate<Sale, unknown>(allOf<Sale, { fold: typeof fold }>({ fold })).mergeable).toBe(false);
  expect(() => fold.merge(1, 2)).toThrow('SLUICE_AGGREGATE_MERGE');
});

it('results of topOf and listOf stay as they are', () => {
  for (const aggregate of [topOf<Sale>(5, (sale) => sale.price), listOf<Sale>()]) {
    const compiled = compileAggregate(aggregate);
    const accumulator = compiled.create();
    const before = compiled.addAndGet(accumulator, { shop: 'a', price: 1, at: 1 }, 0);
    Object.freeze(before);
    compiled.add(accumulator, { shop: 'b', price: 2, at: 1 }, 0);
    expect(before).toHaveLength(1);
  }
});

it('a codec of its own is asked for its version', () => {
  const of = (version: number, encode: (n: number) => Uint8Array): AggregateFunction<Sale, unknown, unknown> =>
    defineAggregate<Sale, number, number>({
      create: () => 0,
      add: (n) => n + 1,
      merge: (a, b) => a + b,
      result: (n) => n,
      codec: { version, encode, decode: (from, bytes) => (bytes[0] as number) / (from === 1 ? 1 : 2) },
    });
  const older = compileAggregate(of(1, (n) => Uint8Array.of(n)));
  const newer = compileAggregate(of(2, (n) => Uint8Array.of(n * 2)));
  const accumulator = older.create();
  older.add(accumulator, { shop: '', price: 0, at: 0 }, 0);
  const writer = new ByteWriter();
  older.write(writer, accumulator);
  const bytes = writer.finish();
  expect(newer.result(newer.read(new ByteReader(bytes)))).toBe(1);
  newer.write(writer, newer.read(new ByteReader(bytes)));
  expect(() => older.read(new ByteReader(writer.finish()))).toThrow('SLUICE_STATE_VERSION');
});

it.each([0, -1, 1.5, Number.NaN])('topOf(%s) is refused', (n) => {
  expect(() => topOf(n, (sale: Sale) => sale.price)).toThrow('SLUICE_OPTION');
});

it('a function that is no aggregate function is refused', () => {
  expect(() => defineAggregate({ create: () => 0 } as never)).toThrow('SLUICE_AGGREGATE');
});
