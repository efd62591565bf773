import { type ByteReader, type ByteWriter, readStructured, writeStructured } from '@sluice/connector-sdk';
import type { AggregateFunction } from './aggregate-function.js';
import { type FieldKind, fieldLayout, readField, writeField } from './fields.js';
import { type AggregatePlan, keepersOf, type Names, planOf, readPlain, writePlain } from './plan.js';

/**
 * An aggregate function as the operators run it: the accumulator is always an object and changed in place, so that it can stay where
 * it is, and `undefined` can mean that there is none.
 */
export interface CompiledAggregate<in T = unknown, Acc extends object = object, out R = unknown> {
  /** Goes into the shape of the state: accumulators of another signature are not read. */
  readonly signature: string;
  readonly mergeable: boolean;
  /** Of what is written, for `opaqueEntries`. */
  readonly layout: string;
  create(): Acc;
  /** Makes an accumulator one of no values again. */
  clear(accumulator: Acc): void;
  add(accumulator: Acc, value: T, timestamp: number): void;
  /** Both steps of a rolling aggregate. */
  addAndGet(accumulator: Acc, value: T, timestamp: number): R;
  /** Takes `right` up into `left`. */
  merge(left: Acc, right: Acc): void;
  result(accumulator: Acc): R;
  /**
   * Only reads what there is. Who is about to need many accumulators calls it for all of them first: the processor then waits for their
   * memory at once and not for one after the other. The answer means nothing, but is to be used, or V8 leaves the reading out.
   */
  readAhead(accumulator: Acc): number;
  write(writer: ByteWriter, accumulator: Acc): void;
  read(reader: ByteReader): Acc;
}

/**
 * Generated functions: numbers stay in fields of the accumulator, nothing is allocated per `add`, and
 * the code has V8's feedback to itself. Where code generation is forbidden the aggregate function itself is called; both write the
 * same bytes.
 */
export function compileAggregate<T, R>(aggregate: AggregateFunction<T, unknown, R>): CompiledAggregate<T, object, R> {
  const plan = planOf(aggregate);
  const methods = generate(plan) ?? interpret(aggregate, plan);
  const layout = `a${plan.fields.map(({ kind }) => fieldLayout(kind)).join('')}`;
  return { signature: plan.signature, mergeable: plan.mergeable, layout, ...methods } as CompiledAggregate<
    T,
    object,
    R
  >;
}

type Methods = Omit<CompiledAggregate, 'signature' | 'mergeable' | 'layout'>;

/**
 * In every name: V8 shares feedback between functions of one text, and what it knows of a field between objects with fields of the
 * same names.
 */
let serial = 0;

function generate(plan: AggregatePlan): Methods | undefined {
  const source = sourceOf(plan, `f${++serial}_`);
  try {
    const make = new Function(
      'given',
      'kinds',
      'engine',
      `'use strict'; ${source}\n//# sourceURL=sluice/aggregate/${serial}`,
    );
    return make(
      plan.given,
      plan.fields.map((field) => field.kind),
      {
        readField,
        readStructured,
        writeField,
        writeStructured,
      },
    ) as Methods;
  } catch (cause) {
    if (cause instanceof EvalError) return undefined;
    throw cause;
  }
}

/**
 * The accumulator is a literal, not an instance: V8 learns to make literals that live long where old objects are, and does not copy
 * them there. A number begins as a fraction, so that V8 keeps the field as a double from the first one on and changes it in place.
 */
function sourceOf(plan: AggregatePlan, prefix: string): string {
  const { fields } = plan;
  const keepers = keepersOf(fields);
  const own = fields.map((field, at) => ({ ...field, at })).filter(({ at }) => keepers[at] === at);
  const of = (accumulator: string): Names => ({
    field: (index) => `${accumulator}.${prefix}${keepers[index]}`,
    shared: (index) => keepers[index] !== index,
    given: (index) => `g${index}`,
  });
  const each = (line: (kind: FieldKind, at: number) => string) =>
    fields.map(({ kind }, at) => line(kind, at)).join('\n');
  const restart = own.map(({ initial, at }) => `left.${prefix}${at} = ${initial(of('left'))};`).join('\n');
  return `
    const { readField, readStructured, writeField, writeStructured } = engine;
    ${plan.given.map((_, at) => `const g${at} = given[${at}];`).join('\n')}
    ${each((kind, at) => (typeof kind === 'string' ? '' : `const k${at} = kinds[${at}];`))}
    const create = () => {
      const left = { ${own.map(({ kind, initial, at }) => `${prefix}${at}: ${kind === 'number' ? '0.5' : initial(of('left'))}`).join(', ')} };
      ${own.map(({ kind, initial, at }) => (kind === 'number' ? `left.${prefix}${at} = ${initial(of('left'))};` : '')).join('\n')}
      return left;
    };
    return {
      create,
      clear(left) { ${restart} },
      add(left, value, timestamp) { ${plan.add(of('left'))} },
      addAndGet(left, value, timestamp) {
        ${plan.add(of('left'))}
        return ${plan.result(of('left'))};
      },
      merge(left, right) { ${plan.merge(of('left'), of('right'))} },
      result: (left) => ${plan.result(of('left'))},
      readAhead: (left) => ${['0', ...own.filter(isNumber).map(({ at }) => of('left').field(at))].join(' + ')},
      write(writer, left) { ${each((kind, at) => writeSource(kind, at, of('left').field(at)))} },
      read(reader) {
        const left = create();
        ${each((kind, at) => `${keepers[at] === at ? `left.${prefix}${at} = ` : ''}${readSource(kind, at)};`)}
        return left;
      },
    };`;
}

function isNumber({ kind }: { readonly kind: FieldKind }): boolean {
  return kind === 'count' || kind === 'number';
}

function writeSource(kind: FieldKind, at: number, field: string): string {
  if (kind === 'count') return `writer.varint(${field});`;
  if (kind === 'number') return `writer.float64(${field});`;
  if (kind === 'value') return `writeStructured(writer, ${field});`;
  return `writeField(k${at}, writer, ${field});`;
}

function readSource(kind: FieldKind, at: number): string {
  if (kind === 'count') return 'reader.varint()';
  if (kind === 'number') return 'reader.float64()';
  if (kind === 'value') return 'readStructured(reader)';
  return `readField(k${at}, reader)`;
}

interface Held {
  accumulator: unknown;
}

function interpret(aggregate: AggregateFunction<never, unknown, unknown>, plan: AggregatePlan): Methods {
  const own = aggregate as AggregateFunction<unknown, unknown, unknown>;
  return {
    create: (): Held => ({ accumulator: own.create() }),
    clear(held) {
      (held as Held).accumulator = own.create();
    },
    add(held, value, timestamp) {
      (held as Held).accumulator = own.add((held as Held).accumulator, value, timestamp);
    },
    addAndGet(held, value, timestamp) {
      (held as Held).accumulator = own.add((held as Held).accumulator, value, timestamp);
      return own.result((held as Held).accumulator);
    },
    merge(left, right) {
      (left as Held).accumulator = own.merge((left as Held).accumulator, (right as Held).accumulator);
    },
    result: (held) => own.result((held as Held).accumulator),
    readAhead: () => 0,
    write: (writer, held) => writePlain(plan, writer, (held as Held).accumulator),
    read: (reader): Held => ({ accumulator: readPlain(plan, reader) }),
  };
}
