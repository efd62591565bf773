import type { ByteWriter } from '@sluice/connector-sdk';
import { canonicalBytes, canonicalText, writeIntegerPair, writeKey } from './canonical-key.js';
import { Generations } from './generations.js';
import { keyGroup } from './key-group.js';
import { PairTable } from './pair-table.js';
import { ABSENT, isInt32, NESTED, PartIndex, TupleIndex } from './tuple-index.js';
import { uncountedInt32s, uncountedUint16s } from './uncounted.js';

/** Longer arrays go by their bytes: each length has tables of its own. */
const LONGEST_TUPLE = 8;
/** In `held`: this id belongs to no key. */
const FREED = -1;
/** In `keys`: an array of two other primitives, whose parts are in `pairs`. */
const PAIR = Symbol('pair');
/** In `groups`: not computed yet. Key groups are below 32768. */
const UNKNOWN_GROUP = 0xffff;

/**
 * Interns keys: each gets a small dense integer, under which tables keep what belongs to it in plain arrays. Nothing is made per
 * look-up for primitives and arrays of primitives; other keys are found by their canonical bytes.
 *
 * An id lasts until its turn ends (`endTurn`) with nothing held under it; then it goes to another key.
 */
export class KeyIndex {
  /** When the entries under each id changed. */
  readonly generations = new Generations();
  private readonly integers = new PairTable();
  private readonly integerPairs = new PairTable();
  private readonly primitives = new Map<unknown, number>();
  private readonly parts = new PartIndex();
  private readonly tuples: (TupleIndex | undefined)[] = new Array(LONGEST_TUPLE + 1).fill(undefined);
  private readonly canonical = new Map<string, number>();
  /**
   * Of a pair of 32-bit integers, which are in `integerPairs`, `undefined` or no place at all; of other pairs, `PAIR`: an array for
   * each key would weigh three times as much.
   */
  private readonly keys: unknown[] = [];
  /** The parts of pairs, two for each id. */
  private readonly pairs: unknown[] = ['', ''];
  private readonly free: number[] = [];
  /** Ids that there have been. */
  private used = 0;
  private loading = false;
  private held = uncountedInt32s(64);
  private groups = uncountedUint16s(64);

  constructor(
    readonly maxParallelism: number,
    private readonly component: string,
  ) {}

  /** Ids in use. */
  get size(): number {
    return this.used - this.free.length;
  }

  /** Every id is below this. */
  get limit(): number {
    return this.used;
  }

  /** The id of a key, which gets one if it has none. */
  idOf(key: unknown): number {
    const id = this.find(key);
    return id >= 0 ? id : this.add(key);
  }

  /** Keys come by `idIn`, each for the first time. Until `endLoad` integers and pairs of them are not found: they go into the index at once. */
  beginLoad(): void {
    this.loading = true;
    this.integers.beginLoad();
    this.integerPairs.beginLoad();
  }

  endLoad(): void {
    if (!this.loading) return;
    this.loading = false;
    this.integers.endLoad();
    this.integerPairs.endLoad();
  }

  /** The id of a key whose key group is known. */
  idIn(group: number, key: unknown): number {
    const id = this.loading ? this.add(key) : this.idOf(key);
    this.groups[id] = group;
    return id;
  }

  /** The id of a key, −1 when it has none. */
  find(key: unknown): number {
    if (typeof key === 'number') {
      if ((key | 0) === key) return this.integers.get(0, key);
    } else if (typeof key === 'object') {
      return this.findObject(key);
    }
    return this.primitives.get(key) ?? ABSENT;
  }

  /** The key of an id: equal to the one that was given, and not to be changed. */
  keyOf(id: number): unknown {
    const key = id < this.keys.length ? this.keys[id] : undefined;
    if (key === undefined) return [this.integerPairs.firstOf(id), this.integerPairs.secondOf(id)];
    return key === PAIR ? [this.pairs[id * 2], this.pairs[id * 2 + 1]] : key;
  }

  /** Appends the key of an id as `writeKey` does. */
  writeKeyOf(id: number, writer: ByteWriter): void {
    const key = id < this.keys.length ? this.keys[id] : undefined;
    if (key === undefined) writeIntegerPair(writer, this.integerPairs.firstOf(id), this.integerPairs.secondOf(id));
    else writeKey(writer, key === PAIR ? this.keyOf(id) : key);
  }

  isLive(id: number): boolean {
    return id < this.used && this.held[id] !== FREED;
  }

  /** Something is kept under this id from now on. */
  retain(id: number): void {
    this.held[id] = (this.held[id] as number) + 1;
  }

  release(id: number): void {
    this.held[id] = (this.held[id] as number) - 1;
  }

  /** The key's turn is over: its id is free if nothing is kept under it. */
  endTurn(id: number): void {
    if (this.held[id] === 0) this.remove(id);
  }

  /** The key group of the key of an id; computed once, then remembered. */
  groupOf(id: number): number {
    const known = this.groups[id] as number;
    if (known !== UNKNOWN_GROUP) return known;
    const group = keyGroup(canonicalBytes(this.keyOf(id), this.component), this.maxParallelism);
    this.groups[id] = group;
    return group;
  }

  private findObject(key: object | null): number {
    if (Array.isArray(key)) {
      const { length } = key;
      if (length === 2 && isInt32(key[0]) && isInt32(key[1])) return this.integerPairs.get(key[0], key[1]);
      if (length > 0 && length <= LONGEST_TUPLE) {
        const id = this.tuplesOf(length).find(key);
        if (id !== NESTED) return id;
      }
    }
    return this.canonical.get(canonicalText(key, this.component)) ?? ABSENT;
  }

  private add(key: unknown): number {
    // Throws for what cannot be a key, before anything is kept.
    if (typeof key === 'undefined' || typeof key === 'symbol' || typeof key === 'function')
      canonicalBytes(key, this.component);
    const id = this.free.pop() ?? this.used;
    if (id >= this.held.length) this.grow();
    if (typeof key === 'number' && (key | 0) === key) {
      this.integers.add(0, key, id);
    } else if (typeof key !== 'object') {
      this.primitives.set(key, id);
    } else if (isIntegerPair(key)) {
      this.integerPairs.add(key[0], key[1], id);
      return this.begin(id);
    } else {
      const tuples = this.tuplesFor(key);
      if (tuples !== undefined) tuples.add(key as readonly unknown[], id);
      else this.canonical.set(canonicalText(key, this.component), id);
      if (tuples?.length === 2) {
        const [first, second] = key as readonly unknown[];
        this.keepPair(id, first, second);
        this.keepKey(id, PAIR);
        return this.begin(id);
      }
    }
    this.keepKey(id, key);
    return this.begin(id);
  }

  private keepKey(id: number, key: unknown): void {
    const { keys } = this;
    while (keys.length < id) keys.push(undefined);
    if (keys.length === id) keys.push(key);
    else keys[id] = key;
  }

  private keepPair(id: number, first: unknown, second: unknown): void {
    const { pairs } = this;
    while (pairs.length < id * 2) pairs.push(undefined, undefined);
    if (pairs.length === id * 2) {
      pairs.push(first, second);
    } else {
      pairs[id * 2] = first;
      pairs[id * 2 + 1] = second;
    }
  }

  private begin(id: number): number {
    if (id === this.used) this.used++;
    this.held[id] = 0;
    this.groups[id] = UNKNOWN_GROUP;
    this.generations.begin(id);
    return id;
  }

  private remove(id: number): void {
    this.endLoad();
    const key = this.keyOf(id);
    this.generations.end(id, key);
    if (typeof key === 'number' && (key | 0) === key) {
      this.integers.delete(0, key);
    } else if (typeof key !== 'object') {
      this.primitives.delete(key);
    } else if (isIntegerPair(key)) {
      this.integerPairs.delete(key[0], key[1]);
    } else {
      const tuples = this.tuplesFor(key);
      if (tuples !== undefined) tuples.delete(key as readonly unknown[]);
      else this.canonical.delete(canonicalText(key, this.component));
    }
    if (id < this.keys.length) {
      if (this.keys[id] === PAIR) this.keepPair(id, undefined, undefined);
      this.keys[id] = undefined;
    }
    this.held[id] = FREED;
    this.free.push(id);
  }

  /** The index of an array of primitives; `undefined` for other objects. */
  private tuplesFor(key: object | null): TupleIndex | undefined {
    if (!Array.isArray(key) || key.length === 0 || key.length > LONGEST_TUPLE) return undefined;
    const tuples = this.tuplesOf(key.length);
    return tuples.find(key) === NESTED ? undefined : tuples;
  }

  private tuplesOf(length: number): TupleIndex {
    const known = this.tuples[length];
    if (known !== undefined) return known;
    const made = new TupleIndex(this.parts, length);
    this.tuples[length] = made;
    return made;
  }

  private grow(): void {
    const held = uncountedInt32s(this.held.length * 2);
    held.set(this.held);
    this.held = held;
    const groups = uncountedUint16s(this.groups.length * 2);
    groups.set(this.groups);
    this.groups = groups;
    this.generations.grow(held.length);
  }
}

function isIntegerPair(key: object | null): key is readonly [number, number] {
  return Array.isArray(key) && key.length === 2 && isInt32(key[0]) && isInt32(key[1]);
}
