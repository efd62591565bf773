import type { AggregatingState } from './aggregating-state.js';
import { detailsOf, type StateDescriptor, type StateShape } from './descriptor.js';
import type { ListState } from './list-state.js';
import type { MapState } from './map-state.js';
import type { ValueState } from './value-state.js';

/** What a handle gives, as a value of its own. The order matters: a list could be taken for a value that is an array. */
type ValueOf<H> =
  H extends MapState<infer MK, infer V>
    ? ReadonlyMap<MK, V>
    : H extends ListState<infer T>
      ? readonly T[]
      : H extends AggregatingState<infer _T, infer R>
        ? R | undefined
        : H extends ValueState<infer T, infer Empty>
          ? T | Empty
          : never;

/** What the states of a shape hold for one key: values, arrays, Maps and results of aggregates. */
export type StateValues<S extends StateShape> = {
  readonly [P in keyof S]: S[P] extends StateDescriptor<infer H> ? ValueOf<H> : never;
};

/** What a state of this kind gives when nothing is kept. */
export function emptyValue(name: string, descriptor: StateDescriptor<unknown>): unknown {
  const details = detailsOf(name, descriptor);
  if (details.kind === 'list') return [];
  if (details.kind === 'map') return new Map();
  return details.kind === 'value' ? details.initial?.() : undefined;
}

/** Whether a descriptor is one of what a table of this shape keeps. */
export function isOfKind(name: string, descriptor: StateDescriptor<unknown>, shape: string): boolean {
  const { kind } = detailsOf(name, descriptor);
  if (kind === 'list' || kind === 'map') return shape === kind || shape === `timed ${kind}`;
  const plain = shape === 'plain' || shape === 'timed(plain)';
  return (kind === 'aggregating') !== plain && !/^(timed )?(list|map)$/.test(shape);
}
