import { readStructured, writeStructured } from '@sluice/connector-sdk';
import { type CompiledAggregate, compileAggregate } from '../aggregates/compile.js';
import type { Evictor, Timestamped } from '../windows/evictor.js';
import { type Accumulation, accumulationOf, type WindowConsumer } from './window-consumer.js';

/** What the general window operator keeps of a window's elements. */
export interface Contents extends Accumulation {
  /** Whether a firing left nothing behind. */
  isEmpty(accumulator: object): boolean;
}

/** Numbers elements in order of arrival; part of the operator's checkpoint. */
export interface Arrivals {
  next: number;
}

interface ContentsOptions {
  readonly consumers: readonly WindowConsumer[];
  readonly evictor: Evictor<never> | undefined;
  /** Elements of windows that merge remember when they came. */
  readonly merging: boolean;
  readonly arrivals: Arrivals;
}

export function contentsOf({ consumers, evictor, merging, arrivals }: ContentsOptions): Contents {
  const needsElements =
    evictor !== undefined || (merging && consumers.some(({ aggregate }) => aggregate === undefined));
  if (!needsElements) return { ...accumulationOf(consumers), isEmpty: () => false };
  return elementContents(consumers, evictor as Evictor<unknown> | undefined, arrivals);
}

interface Element extends Timestamped<unknown> {
  readonly arrival: number;
}

interface Elements {
  all: readonly Element[];
}

/** All elements, each with its timestamp; aggregates are computed when the window fires. */
function elementContents(
  consumers: readonly WindowConsumer[],
  evictor: Evictor<unknown> | undefined,
  arrivals: Arrivals,
): Contents {
  const outputs = consumers.map(elementsOutput);
  const emit = (key: unknown, window: unknown, elements: readonly Element[], timestamp: number): void => {
    for (const output of outputs) output(key, window, elements, timestamp);
  };
  return {
    signature: 'elements with timestamps',
    create: (): Elements => ({ all: [] }),
    clear(held) {
      (held as Elements).all = [];
    },
    add(held, value, timestamp) {
      (held as { all: Element[] }).all.push({ value, timestamp, arrival: arrivals.next++ });
    },
    merge(left, right) {
      const both = [...(left as Elements).all, ...(right as Elements).all];
      (left as Elements).all = both.sort((a, b) => a.arrival - b.arrival);
    },
    emit(key, window, held, timestamp) {
      const elements = held as Elements;
      if (evictor?.when === 'before') elements.all = [...evictor.keep(elements.all, window)] as Element[];
      emit(key, window, elements.all, timestamp);
      if (evictor?.when === 'after') elements.all = [...evictor.keep(elements.all, window)] as Element[];
    },
    isEmpty: (held) => (held as Elements).all.length === 0,
    write(writer, held) {
      writeStructured(
        writer,
        (held as Elements).all.map(({ value, timestamp, arrival }) => [value, timestamp, arrival]),
      );
    },
    read(reader): Elements {
      const kept = readStructured(reader) as [unknown, number, number][];
      return { all: kept.map(([value, timestamp, arrival]) => ({ value, timestamp, arrival })) };
    },
    inspect: (held) => (held as Elements).all.map(({ value }) => value),
  };
}

type ElementsOutput = (key: unknown, window: unknown, elements: readonly Element[], timestamp: number) => void;

function elementsOutput({ aggregate, out }: WindowConsumer): ElementsOutput {
  const emit = out.next as (value: unknown, timestamp: number) => void;
  if (aggregate === undefined) {
    return (key, window, elements, timestamp) =>
      emit({ key, window, values: elements.map(({ value }) => value), '~sluice': 'windowed' }, timestamp);
  }
  const compiled = compileAggregate(aggregate) as CompiledAggregate;
  return (key, window, elements, timestamp) => {
    const accumulator = compiled.create();
    for (const element of elements) compiled.add(accumulator, element.value, element.timestamp);
    emit({ key, window, value: compiled.result(accumulator) }, timestamp);
  };
}
