import { option, requireAggregate } from '../options/option.js';
import type { AggregateFunction } from './aggregate-function.js';
import { type AggregatePlan, type Names, planned, planOf } from './plan.js';

/** The result of each part, by its name. */
export type ResultsOf<S> = {
  readonly [P in keyof S]: S[P] extends AggregateFunction<never, unknown, infer R> ? R : never;
};

/**
 * Several aggregate functions in one pass: an object with the result of each, in the order of the shape. The operators run it as one
 * generated function over one flat accumulator; `allOf` in `allOf` works and costs no more. Parts that count or add up the same by the
 * same function share that: `averageOf(price)` beside `countOf()` and `sumOf(price)` keeps nothing of its own.
 *
 * @example
 * clickWindows$.pipe(aggregate(allOf({ n: countOf(), total: sumOf((click) => click.ms) })));
 */
export function allOf<T, S extends Readonly<Record<string, AggregateFunction<NoInfer<T>, unknown, unknown>>>>(
  shape: S,
): AggregateFunction<T, unknown, ResultsOf<S>> {
  option.object('allOf', 'shape', shape);
  const names = Object.keys(shape);
  for (const name of names) requireAggregate('allOf', name, shape[name]);
  const parts = names.map((name) => shape[name] as AggregateFunction<T, unknown, unknown>);
  return planned<T, unknown[], ResultsOf<S>>(planAll(names, parts.map(planOf)), {
    create: () => parts.map((part) => part.create()),
    add(accumulators, value, timestamp) {
      for (const [at, part] of parts.entries()) accumulators[at] = part.add(accumulators[at], value, timestamp);
      return accumulators;
    },
    merge(a, b) {
      for (const [at, part] of parts.entries()) a[at] = part.merge(a[at], b[at]);
      return a;
    },
    result(accumulators) {
      const results = parts.map((part, at) => [names[at] as string, part.result(accumulators[at])] as const);
      return Object.fromEntries(results) as ResultsOf<S>;
    },
  }) as AggregateFunction<T, unknown, ResultsOf<S>>;
}

function planAll(names: readonly string[], plans: readonly AggregatePlan[]): AggregatePlan {
  const fieldsBefore: number[] = [];
  const givenBefore: number[] = [];
  let fields = 0;
  let given = 0;
  for (const plan of plans) {
    fieldsBefore.push(fields);
    givenBefore.push(given);
    fields += plan.fields.length;
    given += plan.given.length;
  }
  const part = (all: Names, at: number): Names => ({
    field: (index) => all.field((fieldsBefore[at] as number) + index),
    shared: (index) => all.shared((fieldsBefore[at] as number) + index),
    given: (index) => all.given((givenBefore[at] as number) + index),
  });
  return {
    signature: `{${plans.map((plan, at) => `${JSON.stringify(names[at])}:${plan.signature}`).join(',')}}`,
    fields: plans.flatMap((plan, at) =>
      plan.fields.map((field) => ({ ...field, initial: (all: Names) => field.initial(part(all, at)) })),
    ),
    given: plans.flatMap((plan) => plan.given),
    mergeable: plans.every((plan) => plan.mergeable),
    anyOrder: plans.every((plan) => plan.anyOrder === true),
    add: (all) => plans.map((plan, at) => plan.add(part(all, at))).join('\n'),
    merge: (left, right) => plans.map((plan, at) => plan.merge(part(left, at), part(right, at))).join('\n'),
    // In brackets, or a part named `__proto__` would set the prototype.
    result: (all) =>
      `({ ${plans.map((plan, at) => `${propertyName(names[at] as string)}: ${plan.result(part(all, at))}`).join(', ')} })`,
    split: (accumulators) => plans.flatMap((plan, at) => plan.split((accumulators as unknown[])[at])),
    join: (values) =>
      plans.map((plan, at) => {
        const from = fieldsBefore[at] as number;
        return plan.join(values.slice(from, from + plan.fields.length));
      }),
  };
}

/** V8 makes an object with computed names slower than one with plain ones. */
function propertyName(name: string): string {
  return name === '__proto__' ? '["__proto__"]' : JSON.stringify(name);
}
