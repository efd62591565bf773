import type { KeyedStore } from './keyed-store.js';
import { type MapItem, mapEntries } from './map-entries.js';
import { slotOf } from './map-slot.js';
import { Sweep } from './sweep.js';
import type { Table } from './table.js';
import type { Expiry } from './ttl.js';
import type { ValueCodec } from './value-codec.js';

/** Entries of one map that are looked at for expiry at each access. */
const ITEMS_PER_ACCESS = 4;

/** Maps by id, whose entries expire one by one. */
export class MapTable {
  private readonly table: Table<Map<unknown, MapItem>>;
  private readonly sweep: Sweep | undefined;
  /** Where the cleaning of a large map stands. */
  private cleaning: { readonly id: number; readonly items: Iterator<[unknown, MapItem]> } | undefined;

  constructor(
    private readonly store: KeyedStore,
    private readonly name: string,
    values: ValueCodec<unknown>,
    private readonly expiry: Expiry | undefined,
  ) {
    this.table = store.entries(
      name,
      mapEntries(values, expiry, (key) => this.slotOf(key)),
    );
    if (expiry !== undefined) this.sweep = new Sweep(expiry.turn, this.table.values, (id) => this.beginCleaning(id));
  }

  get(id: number, key: unknown): unknown {
    return this.read(id, key)?.value;
  }

  has(id: number, key: unknown): boolean {
    return this.read(id, key) !== undefined;
  }

  set(id: number, key: unknown, value: unknown): void {
    const item = this.live(id, key);
    if (item === undefined) {
      let map = this.table.getForUpdate(id);
      if (map === undefined) {
        map = new Map();
        this.table.set(id, map);
      }
      map.set(this.slotOf(key), { key, value, at: this.expiry?.touch(Number.NEGATIVE_INFINITY) ?? 0 });
    } else {
      item.value = value;
      if (this.expiry === undefined) return;
      item.at = this.expiry.touch(this.expiry.isOver(item.at) ? Number.NEGATIVE_INFINITY : item.at);
    }
  }

  delete(id: number, key: unknown): void {
    const map = this.table.getForUpdate(id);
    if (map?.delete(this.slotOf(key)) === true && map.size === 0) this.table.delete(id);
  }

  isEmpty(id: number): boolean {
    const map = this.table.getForUpdate(id);
    if (map === undefined) return true;
    for (const item of map.values()) if (this.isLive(item)) return false;
    return true;
  }

  clear(id: number): void {
    this.table.delete(id);
  }

  /** `current` answers the id of the turn, and throws when there is none any more. */
  *entries(id: number, current: () => number): Generator<readonly [unknown, unknown]> {
    const map = this.table.getForUpdate(id);
    if (map === undefined) return;
    for (const [slot, item] of map) {
      current();
      if (!this.isLive(item)) {
        map.delete(slot);
        if (map.size === 0) this.table.delete(id);
        continue;
      }
      if (this.expiry?.refreshesOnRead === true) item.at = this.expiry.touch(item.at);
      yield [item.key, item.value];
    }
  }

  private read(id: number, key: unknown): MapItem | undefined {
    const item = this.live(id, key);
    if (item !== undefined && this.expiry?.refreshesOnRead === true) item.at = this.expiry.touch(item.at);
    return item;
  }

  private live(id: number, key: unknown): MapItem | undefined {
    this.sweep?.step();
    this.clean();
    const map = this.table.getForUpdate(id);
    if (map === undefined) return undefined;
    const slot = this.slotOf(key);
    const item = map.get(slot);
    if (item === undefined || this.isLive(item)) return item;
    map.delete(slot);
    if (map.size === 0) this.table.delete(id);
    return undefined;
  }

  private isLive(item: MapItem): boolean {
    if (this.expiry === undefined) return true;
    item.at = this.expiry.dated(item.at);
    return this.expiry.returnsExpired || !this.expiry.isOver(item.at);
  }

  private beginCleaning(id: number): void {
    if (this.cleaning !== undefined) return;
    const map = this.table.get(id);
    if (map !== undefined) this.cleaning = { id, items: map.entries() };
  }

  private clean(): void {
    const { cleaning, expiry } = this;
    if (cleaning === undefined || expiry === undefined) return;
    const map = this.table.get(cleaning.id);
    for (let looks = 0; looks < ITEMS_PER_ACCESS; looks++) {
      const next = cleaning.items.next();
      if (next.done === true || map === undefined) {
        this.cleaning = undefined;
        return;
      }
      const [slot, item] = next.value;
      // The id may belong to another key by now, with a map of its own.
      if (map.get(slot) !== item) continue;
      const at = expiry.dated(item.at);
      // What is only looked at is no change.
      if (!Number.isNaN(item.at) && !expiry.isOver(at)) continue;
      this.table.getForUpdate(cleaning.id);
      item.at = at;
      if (!expiry.isOver(at)) continue;
      map.delete(slot);
      if (map.size > 0) continue;
      this.table.delete(cleaning.id);
      if (cleaning.id !== expiry.turn.id) this.store.keys.endTurn(cleaning.id);
    }
  }

  private slotOf(key: unknown): unknown {
    return slotOf(key, this.name);
  }
}
