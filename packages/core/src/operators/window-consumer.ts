import { type ByteReader, type ByteWriter, readStructured, writeStructured } from '@sluice/connector-sdk';
import type { AggregateFunction } from '../aggregates/aggregate-function.js';
import { type CompiledAggregate, compileAggregate } from '../aggregates/compile.js';
import type { StreamObserver } from '../stream/element.js';
import { specialise } from '../stream/specialise.js';

/** One output of a window operator: an aggregate of each window, or (`undefined`) the window with all its elements. */
export interface WindowConsumer {
  readonly aggregate: AggregateFunction<never, unknown, unknown> | undefined;
  readonly out: StreamObserver<never>;
}

/** What a window operator keeps of a window's elements, and makes of it for its consumers. The accumulator is changed in place. */
export interface Accumulation {
  /** Accumulators of another signature are not read. */
  readonly signature: string;
  create(): object;
  /** Makes an accumulator one of no elements again. */
  clear(accumulator: object): void;
  add(accumulator: object, value: unknown, timestamp: number): void;
  /** Takes `right` up into `left`, which is of the older window. */
  merge(left: object, right: object): void;
  emit(key: unknown, window: unknown, accumulator: object, timestamp: number): void;
  write(writer: ByteWriter, accumulator: object): void;
  read(reader: ByteReader): object;
  /** What a firing would emit, to be looked at. */
  inspect(accumulator: object): unknown;
}

/** What several consumers need is one accumulation: an array of theirs. */
export function accumulationOf(consumers: readonly WindowConsumer[]): Accumulation {
  const parts = consumers.map(partOf);
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : several(parts);
}

function partOf({ aggregate, out }: WindowConsumer): Accumulation {
  return aggregate === undefined ? elementsPart(out) : aggregatePart(compileAggregate(aggregate), out);
}

function aggregatePart(aggregate: CompiledAggregate<never>, out: StreamObserver<never>): Accumulation {
  return {
    ...(aggregate as CompiledAggregate),
    emit: specialise(emitResult)(out.next as Emit, aggregate.result),
    inspect: aggregate.result,
  };
}

/** All elements, in order of arrival. */
function elementsPart(out: StreamObserver<never>): Accumulation {
  return {
    signature: 'elements',
    create: () => [],
    clear: (values) => {
      (values as unknown[]).length = 0;
    },
    add: (values, value) => {
      (values as unknown[]).push(value);
    },
    merge: (left, right) => {
      for (const value of right as unknown[]) (left as unknown[]).push(value);
    },
    emit: specialise(emitElements)(out.next as Emit),
    write: writeStructured,
    read: (reader) => readStructured(reader) as unknown[],
    inspect: (values) => (values as unknown[]).slice(),
  };
}

function several(parts: readonly Accumulation[]): Accumulation {
  return {
    signature: parts.map(({ signature }) => signature).join(';'),
    create: () => parts.map((part) => part.create()),
    clear(accumulators) {
      for (const [at, part] of parts.entries()) part.clear(partAt(accumulators, at));
    },
    add: specialise(addToEach)(parts),
    merge(left, right) {
      for (const [at, part] of parts.entries()) part.merge(partAt(left, at), partAt(right, at));
    },
    emit(key, window, accumulators, timestamp) {
      for (const [at, part] of parts.entries()) part.emit(key, window, partAt(accumulators, at), timestamp);
    },
    write(writer, accumulators) {
      for (const [at, part] of parts.entries()) part.write(writer, partAt(accumulators, at));
    },
    read: (reader) => parts.map((part) => part.read(reader)),
    inspect: (accumulators) => parts.map((part, at) => part.inspect(partAt(accumulators, at))),
  };
}

function partAt(accumulators: object, at: number): object {
  return (accumulators as readonly object[])[at] as object;
}

type Emit = (value: unknown, timestamp: number) => void;

/** Closed. */
function emitResult(emit: Emit, resultOf: (accumulator: object) => unknown): Accumulation['emit'] {
  return (key, window, accumulator, timestamp) => emit({ key, window, value: resultOf(accumulator) }, timestamp);
}

/** Closed. The values are copied: the window may go on growing. */
function emitElements(emit: Emit): Accumulation['emit'] {
  return (key, window, elements, timestamp) =>
    emit({ key, window, values: (elements as unknown[]).slice(), '~sluice': 'windowed' }, timestamp);
}

/** Closed. */
function addToEach(parts: readonly Accumulation[]): Accumulation['add'] {
  return (accumulators, value, timestamp) => {
    const all = accumulators as object[];
    for (let at = 0; at < parts.length; at++) (parts[at] as Accumulation).add(all[at] as object, value, timestamp);
  };
}
