import { type ByteReader, type ByteWriter, type Codec, structuredCodec } from '@sluice/connector-sdk';
import { type AggregateFunction, refuseMerge } from './aggregate-function.js';
import { type FieldKind, fieldsCodec, readField, writeField } from './fields.js';

/** How the generated code names what a plan speaks of. */
export interface Names {
  /** The plan's own field, in the accumulator. */
  field(index: number): string;
  /** Another part keeps this field, and changes it: see `PlannedField.holds`. */
  shared(index: number): boolean;
  /** The plan's own function or object. */
  given(index: number): string;
}

/**
 * An aggregate function as source text over the fields of one flat accumulator, so that `allOf` can put many into one function with
 * one object for all. It does exactly what the aggregate function does; the tests compare the two.
 */
export interface AggregatePlan {
  /** For checkpoints: two plans with the same signature have the same fields for the same purpose. */
  readonly signature: string;
  readonly fields: readonly PlannedField[];
  readonly given: readonly unknown[];
  readonly mergeable: boolean;
  /**
   * Values may be added in any order and in parts: the parts merged, an empty one among them, give the same, and keep nothing of each
   * other. What users write is not known to be so.
   */
  readonly anyOrder?: boolean;
  /** Statements; `value` and `timestamp` are in scope. */
  add(names: Names): string;
  /** Statements that take `right` up into `left`. */
  merge(left: Names, right: Names): string;
  /** An expression. */
  result(names: Names): string;
  /** The fields of an accumulator of the aggregate function itself, and back. */
  split(accumulator: unknown): readonly unknown[];
  join(fields: readonly unknown[]): unknown;
}

export interface PlannedField {
  readonly kind: FieldKind;
  /** An expression. */
  initial(names: Names): string;
  /**
   * Fields that hold the same of the same function have the same value always, and are one in the accumulator; in a checkpoint each
   * has its place, whether or not they are one.
   */
  readonly holds?: Holding;
}

export interface Holding {
  readonly what: 'sum' | 'count';
  /** The user's function; `undefined` for all values. */
  readonly of: unknown;
}

/** For each field the first that holds the same, mostly itself. */
export function keepersOf(fields: readonly PlannedField[]): readonly number[] {
  return fields.map(({ holds }, at) => {
    if (holds === undefined) return at;
    return fields.findIndex((other) => other.holds?.what === holds.what && other.holds.of === holds.of);
  });
}

const PLAN = Symbol.for('@sluice/core.aggregatePlan');

interface Planned {
  readonly [PLAN]?: AggregatePlan;
}

/**
 * An aggregate function that has a plan. Not enumerable: `{ ...sumOf(f), result }` is another function, which the plan does not
 * describe.
 */
export function planned<T, Acc, R>(
  plan: AggregatePlan,
  aggregate: Omit<AggregateFunction<T, Acc, R>, 'codec'>,
): AggregateFunction<T, Acc, R> {
  const codec = codecOf<Acc>(plan);
  return Object.defineProperty({ ...aggregate, codec }, PLAN, { value: plan });
}

/** The plan of an aggregate function; of one written by the user, a field that holds its accumulator. */
export function planOf(aggregate: AggregateFunction<never, unknown, unknown>): AggregatePlan {
  return (aggregate as Planned)[PLAN] ?? opaque(aggregate);
}

function opaque(aggregate: AggregateFunction<never, unknown, unknown>): AggregatePlan {
  const codec: Codec<unknown> = aggregate.codec ?? structuredCodec();
  return {
    signature: 'own',
    fields: [{ kind: { codec }, initial: ({ given }) => `${given(0)}.create()` }],
    given: [aggregate],
    mergeable: aggregate.merge !== refuseMerge,
    add: ({ field, given }) => `${field(0)} = ${given(0)}.add(${field(0)}, value, timestamp);`,
    merge: (left, right) => `${left.field(0)} = ${left.given(0)}.merge(${left.field(0)}, ${right.field(0)});`,
    result: ({ field, given }) => `${given(0)}.result(${field(0)})`,
    split: (accumulator) => [accumulator],
    join: ([accumulator]) => accumulator,
  };
}

/** The same bytes as the generated code writes, for accumulators of the aggregate function itself. */
export function writePlain(plan: AggregatePlan, writer: ByteWriter, accumulator: unknown): void {
  const fields = plan.split(accumulator);
  for (const [at, { kind }] of plan.fields.entries()) writeField(kind, writer, fields[at]);
}

export function readPlain(plan: AggregatePlan, reader: ByteReader): unknown {
  return plan.join(plan.fields.map(({ kind }) => readField(kind, reader)));
}

function codecOf<Acc>(plan: AggregatePlan): Codec<Acc> {
  return fieldsCodec(
    plan.signature,
    (writer, accumulator) => writePlain(plan, writer, accumulator),
    (reader) => readPlain(plan, reader) as Acc,
  );
}
