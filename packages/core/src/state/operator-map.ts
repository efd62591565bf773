import { SluiceError } from '@sluice/connector-sdk';
import type { EntryCodec } from './entry-codec.js';
import type { KeyedStore } from './keyed-store.js';
import { slotOf } from './map-slot.js';
import type { MapState } from './map-state.js';
import { otherShape } from './restore-failure.js';
import type { Table } from './table.js';
import type { ValueCodec } from './value-codec.js';

/** Who may write. */
export interface Writing {
  /** The handler that may is being called. */
  open: boolean;
}

interface Item {
  /** Its place among the others: a Map goes through its entries in the order in which they came. */
  readonly order: number;
  value: unknown;
  slot: unknown;
  id: number;
}

/**
 * A map that is the same on every subtask. Its entries are kept under their own keys in the operator's store, one by one, so that a
 * checkpoint costs no more at the barrier than that of any other state; at another parallelism each subtask takes all of them.
 */
export class OperatorMap {
  /** By slot, in the order of arrival. */
  readonly values = new Map<unknown, unknown>();
  private readonly items = new Map<unknown, Item>();
  private readonly table: Table<Item>;
  private arrivals = 0;
  /** Keys that do not stand for themselves. */
  private composite = 0;

  constructor(
    private readonly store: KeyedStore,
    private readonly name: string,
    codec: ValueCodec<unknown>,
  ) {
    // No state of the user can have this name: names are those of a record's own keys, and `~` is ours.
    this.table = store.entries(`~broadcast ${name}`, broadcastEntries(codec));
  }

  /** Takes up what the store has restored. */
  restored(): void {
    const { keys } = this.store;
    const found: Item[] = [];
    for (let id = 0; id < keys.limit; id++) {
      const item = this.table.get(id);
      if (item === undefined) continue;
      item.id = id;
      item.slot = this.slotOf(keys.keyOf(id));
      found.push(item);
    }
    for (const item of found.sort((a, b) => a.order - b.order)) this.hold(item);
    this.arrivals = (found.at(-1)?.order ?? -1) + 1;
  }

  slotOf(key: unknown): unknown {
    return slotOf(key, this.name);
  }

  /** Of the handler that writes: it may change what it is given before it sets it. */
  getForUpdate(key: unknown): unknown {
    const item = this.items.get(this.slotOf(key));
    if (item === undefined) return undefined;
    this.table.getForUpdate(item.id);
    return item.value;
  }

  set(key: unknown, value: unknown): void {
    const slot = this.slotOf(key);
    const item = this.items.get(slot);
    if (item === undefined) {
      const id = this.store.keys.idOf(key);
      const added: Item = { order: this.arrivals++, value, slot, id };
      this.table.set(id, added);
      this.hold(added);
    } else {
      this.table.getForUpdate(item.id);
      item.value = value;
      this.values.set(slot, value);
    }
  }

  delete(key: unknown): void {
    const item = this.items.get(this.slotOf(key));
    if (item !== undefined) this.drop(item);
  }

  clear(): void {
    for (const item of [...this.items.values()]) this.drop(item);
  }

  keys(): MapIterator<unknown> {
    // Nearly always they stand for themselves, and nothing of ours is called for each.
    return this.composite === 0 ? this.values.keys() : this.keysOfItems();
  }

  entries(): MapIterator<[unknown, unknown]> {
    return this.composite === 0 ? this.values.entries() : this.entriesOfItems();
  }

  private *keysOfItems(): Generator<unknown, undefined> {
    for (const { id } of this.items.values()) yield this.store.keys.keyOf(id);
  }

  private *entriesOfItems(): Generator<[unknown, unknown], undefined> {
    for (const { id, value } of this.items.values()) yield [this.store.keys.keyOf(id), value];
  }

  private hold(item: Item): void {
    const { slot, value } = item;
    this.items.set(slot, item);
    this.values.set(slot, value);
    if (slot !== this.store.keys.keyOf(item.id)) this.composite++;
  }

  private drop({ slot, id }: Item): void {
    const { keys } = this.store;
    if (slot !== keys.keyOf(id)) this.composite--;
    this.items.delete(slot);
    this.values.delete(slot);
    this.table.delete(id);
    keys.endTurn(id);
  }
}

const SHAPE = 'broadcast';

function broadcastEntries(codec: ValueCodec<unknown>): EntryCodec<Item> {
  return {
    shape: SHAPE,
    values: codec,
    write(writer, { order, value }) {
      writer.varint(order);
      codec.write(writer, value);
    },
    read(reader, shape, by) {
      if (shape !== SHAPE) throw otherShape(codec.state, SHAPE, shape);
      return { order: reader.varint(), value: codec.read(reader, by), slot: undefined, id: -1 };
    },
    inspect: ({ value }) => value,
  };
}

/** The map as the handler of the control stream has it. */
export function writableMap(map: OperatorMap, name: string, writing: Writing): MapState<unknown, unknown> {
  const here = (): OperatorMap => {
    if (!writing.open) throw readOnly(name);
    return map;
  };
  return {
    get: (key) => here().getForUpdate(key),
    has: (key) => here().values.has(map.slotOf(key)),
    set: (key, value) => here().set(key, value),
    delete: (key) => here().delete(key),
    get isEmpty() {
      return here().values.size === 0;
    },
    clear: () => here().clear(),
    *[Symbol.iterator]() {
      for (const [key] of [...here().entries()]) yield [key, here().getForUpdate(key)];
    },
  };
}

/** The map as elements have it. What would write is there to say that it must not. */
export function readableMap(map: OperatorMap, name: string): ReadonlyMap<unknown, unknown> {
  const refuse = (): never => {
    throw readOnly(name);
  };
  const view = {
    get size() {
      return map.values.size;
    },
    get: (key: unknown) => map.values.get(map.slotOf(key)),
    has: (key: unknown) => map.values.has(map.slotOf(key)),
    keys: () => map.keys(),
    values: () => map.values.values(),
    entries: () => map.entries(),
    [Symbol.iterator]: () => map.entries(),
    forEach(each: (value: unknown, key: unknown, of: ReadonlyMap<unknown, unknown>) => void, self?: unknown) {
      for (const [key, value] of map.entries()) each.call(self, value, key, view);
    },
    set: refuse,
    delete: refuse,
    clear: refuse,
  };
  return view;
}

function readOnly(name: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_BROADCAST_READ_ONLY',
    component: `broadcast state '${name}'`,
    expected: 'to be written by the call of onBroadcast, which is the same on every subtask',
    actual: 'a write for an element or a timer, or after that call had returned',
    remedy: 'write it in onBroadcast, before it returns; keep what depends on elements in `state`',
  });
}
