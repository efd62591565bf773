import type { Key } from '../stream/element.js';
import { describe, type StateDescriptor, type StateOptions } from './descriptor.js';
import type { MapTable } from './map-table.js';
import { idInTurn } from './outside-turn.js';
import type { Turn } from './turn.js';

/** A map for each key; iterates in the order in which its keys were first set. */
export interface MapState<MK, V> extends Iterable<readonly [MK, V]> {
  get(key: MK): V | undefined;
  has(key: MK): boolean;
  set(key: MK, value: V): void;
  delete(key: MK): void;
  readonly isEmpty: boolean;
  clear(): void;
}

/**
 * A map for each key. What `keyBy` takes as a key is one here, and the same ones are equal. A `ttl` is that of each entry.
 *
 * While a checkpoint is being written, the first touch of a key's map writes all of it: very large maps are better made the keys of
 * the stream.
 *
 * @example
 * const state = { visits: mapState<string, number>() };
 */
export function mapState<MK extends Key, V>(options: StateOptions<V> = {}): StateDescriptor<MapState<MK, V>> {
  return describe('mapState', { kind: 'map', ...(options as StateOptions<unknown>) });
}

export function bindMap(name: string, turn: Turn, maps: MapTable): MapState<unknown, unknown> {
  return {
    get: (key) => maps.get(idInTurn(turn, name), key),
    has: (key) => maps.has(idInTurn(turn, name), key),
    set: (key, value) => maps.set(idInTurn(turn, name), key, value),
    delete: (key) => maps.delete(idInTurn(turn, name), key),
    get isEmpty() {
      return maps.isEmpty(idInTurn(turn, name));
    },
    clear: () => maps.clear(idInTurn(turn, name)),
    [Symbol.iterator]: () => maps.entries(idInTurn(turn, name), () => idInTurn(turn, name)),
  };
}
