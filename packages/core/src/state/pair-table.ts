import { uncountedInt32s } from './uncounted.js';

/** An entry is three numbers side by side: first, second, link. */
const STRIDE = 3;
/** The link of the last entry of a bucket. Other links are values + 1; where there is no entry it is 0. */
const END = -1;
/** Twice as many buckets as there is room for entries: mostly an entry is alone in its own. */
const BUCKETS_PER_ENTRY = 2;

/**
 * A hash table from two 32-bit integers to a small dense one, the value: entries lie by their values, so those that came together lie
 * together, and a value leads to its pair. A tenth of the memory of Maps of Maps.
 */
export class PairTable {
  private room = 16;
  private entries = uncountedInt32s((this.room + 1) * STRIDE);
  private buckets = uncountedInt32s(this.room * BUCKETS_PER_ENTRY);
  private loading = false;

  /** −1 when there is none. */
  get(first: number, second: number): number {
    const { entries, buckets } = this;
    let link = buckets[hash(first, second) & (buckets.length - 1)] as number;
    while (link > 0) {
      const at = link * STRIDE;
      if (entries[at] === first && entries[at + 1] === second) break;
      link = entries[at + 2] as number;
    }
    return link > 0 ? link - 1 : -1;
  }

  firstOf(value: number): number {
    return this.entries[(value + 1) * STRIDE] as number;
  }

  secondOf(value: number): number {
    return this.entries[(value + 1) * STRIDE + 1] as number;
  }

  /** Neither the pair nor the value may be in the table. */
  add(first: number, second: number, value: number): void {
    if (value >= this.room) this.grow(value);
    const at = (value + 1) * STRIDE;
    this.entries[at] = first;
    this.entries[at + 1] = second;
    if (this.loading) this.entries[at + 2] = END;
    else this.link(value + 1);
  }

  /** Many are added, none of which is asked for or goes before `endLoad`: growing costs next to nothing. */
  beginLoad(): void {
    this.loading = true;
  }

  endLoad(): void {
    this.loading = false;
    this.linkAll();
  }

  /** Does nothing when the pair is not there. */
  delete(first: number, second: number): void {
    const { entries, buckets } = this;
    const bucket = hash(first, second) & (buckets.length - 1);
    let before = 0;
    for (let link = buckets[bucket] as number; link > 0; link = entries[link * STRIDE + 2] as number) {
      const at = link * STRIDE;
      if (entries[at] === first && entries[at + 1] === second) {
        const after = entries[at + 2] as number;
        if (before === 0) buckets[bucket] = after;
        else entries[before * STRIDE + 2] = after;
        entries[at + 2] = 0;
        return;
      }
      before = link;
    }
  }

  private link(link: number): void {
    const { entries, buckets } = this;
    const at = link * STRIDE;
    const bucket = hash(entries[at] as number, entries[at + 1] as number) & (buckets.length - 1);
    entries[at + 2] = (buckets[bucket] as number) || END;
    buckets[bucket] = link;
  }

  private grow(value: number): void {
    while (value >= this.room) this.room *= 2;
    const { entries } = this;
    this.entries = uncountedInt32s((this.room + 1) * STRIDE);
    this.entries.set(entries);
    if (!this.loading) this.linkAll();
  }

  private linkAll(): void {
    const { entries, room } = this;
    const buckets = uncountedInt32s(room * BUCKETS_PER_ENTRY);
    const mask = buckets.length - 1;
    for (let link = 1, at = STRIDE; link <= room; link++, at += STRIDE) {
      if (entries[at + 2] === 0) continue;
      const bucket = hash(entries[at] as number, entries[at + 1] as number) & mask;
      entries[at + 2] = (buckets[bucket] as number) || END;
      buckets[bucket] = link;
    }
    this.buckets = buckets;
  }
}

/**
 * Pairs of neighbouring numbers, which often come at the same time, have neighbouring buckets: 16 by 16 of them share 256, where each has
 * one of its own.
 */
function hash(first: number, second: number): number {
  const mixed = Math.imul(Math.imul(first >> 4, 0x9e3779b1) ^ (second >> 4), 0x85ebca6b);
  return mixed ^ (mixed >>> 15) ^ ((first & 15) << 4) ^ (second & 15);
}
