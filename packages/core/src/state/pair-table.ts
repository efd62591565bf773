import { type PairList, STRIDE } from './pair-list.js';

/** Parts of a table that `addAll` fills one after the other. */
const PART_BITS = 8;

/**
 * A hash table from two 32-bit integers to a small one: open addressing in one typed array. A tenth of the memory of Maps of
 * Maps, and one cache miss where they have four.
 */
export class PairTable {
  /** Three numbers side by side, so that a look-up touches one cache line: first, second, value + 1 (0 = empty). */
  private cells = new Int32Array(16 * STRIDE);
  private mask = 15;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** −1 when there is none. */
  get(first: number, second: number): number {
    const { cells, mask } = this;
    let at = (mix(first, second) & mask) * STRIDE;
    for (;;) {
      const value = cells[at + 2] as number;
      if (value === 0) return -1;
      if (cells[at] === first && cells[at + 1] === second) return value - 1;
      at += STRIDE;
      if (at === cells.length) at = 0;
    }
  }

  /** The pair must not be in the table. */
  add(first: number, second: number, value: number): void {
    // Two thirds full at most: linear probing grows long runs beyond.
    if ((this.count + 1) * 3 > (this.mask + 1) * 2) this.grow();
    this.count++;
    this.place(first, second, value + 1);
  }

  /**
   * Many at once, none of which may be in the table. They are put in by their slots, part of the table by
   * part, so that what is written next is in the cache: several times as fast as one by one once the table is larger than that.
   */
  addAll(list: PairList): void {
    const entries = list.entries();
    const added = entries.length / STRIDE;
    while ((this.count + added) * 3 > (this.mask + 1) * 2) this.grow();
    this.count += added;
    const sorted = this.bySlot(entries);
    for (let at = 0; at < sorted.length; at += STRIDE) {
      this.place(sorted[at] as number, sorted[at + 1] as number, (sorted[at + 2] as number) + 1);
    }
  }

  /** Does nothing when the pair is not there. */
  delete(first: number, second: number): void {
    const { cells, mask } = this;
    let slot = mix(first, second) & mask;
    for (;;) {
      const at = slot * STRIDE;
      if (cells[at + 2] === 0) return;
      if (cells[at] === first && cells[at + 1] === second) break;
      slot = (slot + 1) & mask;
    }
    this.count--;
    // Entries behind the hole that would no longer be found move into it: no tombstones, so the table does not wear out.
    let hole = slot;
    for (let next = (slot + 1) & mask; cells[next * STRIDE + 2] !== 0; next = (next + 1) & mask) {
      const home = mix(cells[next * STRIDE] as number, cells[next * STRIDE + 1] as number) & mask;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      cells[hole * STRIDE] = cells[next * STRIDE] as number;
      cells[hole * STRIDE + 1] = cells[next * STRIDE + 1] as number;
      cells[hole * STRIDE + 2] = cells[next * STRIDE + 2] as number;
      hole = next;
    }
    cells[hole * STRIDE + 2] = 0;
  }

  private bySlot(entries: Int32Array): Int32Array {
    const { mask } = this;
    const shift = Math.max(0, 32 - Math.clz32(mask) - PART_BITS);
    const ends = new Uint32Array(1 << PART_BITS);
    const partOf = (at: number) => (mix(entries[at] as number, entries[at + 1] as number) & mask) >>> shift;
    for (let at = 0; at < entries.length; at += STRIDE) ends[partOf(at)] = (ends[partOf(at)] as number) + STRIDE;
    for (let part = 1; part < ends.length; part++) ends[part] = (ends[part] as number) + (ends[part - 1] as number);
    const sorted = new Int32Array(entries.length);
    for (let at = entries.length - STRIDE; at >= 0; at -= STRIDE) {
      const to = (ends[partOf(at)] as number) - STRIDE;
      ends[partOf(at)] = to;
      sorted[to] = entries[at] as number;
      sorted[to + 1] = entries[at + 1] as number;
      sorted[to + 2] = entries[at + 2] as number;
    }
    return sorted;
  }

  private place(first: number, second: number, stored: number): void {
    const { cells, mask } = this;
    let slot = mix(first, second) & mask;
    while (cells[slot * STRIDE + 2] !== 0) slot = (slot + 1) & mask;
    cells[slot * STRIDE] = first;
    cells[slot * STRIDE + 1] = second;
    cells[slot * STRIDE + 2] = stored;
  }

  private grow(): void {
    const old = this.cells;
    this.mask = this.mask * 2 + 1;
    this.cells = new Int32Array(old.length * 2);
    for (let at = 0; at < old.length; at += STRIDE) {
      const stored = old[at + 2] as number;
      if (stored !== 0) this.place(old[at] as number, old[at + 1] as number, stored);
    }
  }
}

/** Neighbouring numbers must not end up in neighbouring runs: linear probing would have to pass them. */
function mix(first: number, second: number): number {
  const hash = Math.imul(Math.imul(first, 0x9e3779b1) ^ second, 0x85ebca6b);
  return hash ^ (hash >>> 15);
}
