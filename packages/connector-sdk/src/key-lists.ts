/** The keys of objects of one shape, as a reader knows them. */
export interface KeyList {
  readonly keys: readonly string[];
  /** Some key is one that objects inherit, such as `__proto__`, and must not be set by assignment. */
  readonly guarded: boolean;
}

export function keyListOf(keys: readonly string[]): KeyList {
  return { keys, guarded: keys.some((key) => key in Object.prototype) };
}

/** One key on the way to a list: the lists form a tree, so that looking one up costs a comparison for each key. */
interface Step {
  readonly key: string;
  /** The step that followed last time, which mostly is the one that follows now. */
  recent: Step | undefined;
  others: Map<string, Step> | undefined;
  /** The number of the list that ends here, in the unit in which it was written last. */
  id: number;
  unit: number;
}

const MAX_LISTS = 256;
const MAX_KEYS = 64;

/** Stands for every way that leads to no list. */
const NOWHERE: Step = { key: '', recent: undefined, others: undefined, id: -1, unit: -1 };

/**
 * The lists of keys that a writer has written since its last reset, so that objects of the same shape write them once. Bounded:
 * dictionaries with ever new keys would fill it; what no longer fits is written inline.
 */
export class KeyLists {
  /** How many keys the object has that `find` was asked for last. */
  length = 0;
  private root = step('');
  private lists = 0;
  private unit = 1;
  private ids = 0;

  /** The number of the list of this object's keys, or −1 when it has not been written in this unit. The object must inherit none. */
  find(object: object): number {
    let at = this.root;
    let length = 0;
    // Not Object.keys: with neither an array nor a lookup for each field this takes half the time.
    for (const key in object) {
      const next = at.recent;
      at = next !== undefined && next.key === key ? next : turn(at, key);
      length++;
    }
    this.length = length;
    return at.unit === this.unit ? at.id : -1;
  }

  /** The number under which this list is to be written now, or −1 when it is to be written inline. */
  define(keys: readonly string[]): number {
    if (keys.length > MAX_KEYS || this.ids === MAX_LISTS) return -1;
    let at = this.root;
    for (const key of keys) {
      let next = at.recent?.key === key ? at.recent : at.others?.get(key);
      if (next === undefined) {
        next = step(key);
        at.others ??= new Map();
        at.others.set(key, next);
      }
      at.recent = next;
      at = next;
    }
    if (at.unit === 0) this.lists++;
    at.id = this.ids++;
    at.unit = this.unit;
    return at.id;
  }

  /** A new unit begins: nothing has been written yet. The tree is kept, since the next unit mostly has the same shapes. */
  forget(): void {
    this.unit++;
    this.ids = 0;
    if (this.lists < MAX_LISTS) return;
    this.root = step('');
    this.lists = 0;
  }
}

function step(key: string): Step {
  return { key, recent: undefined, others: undefined, id: -1, unit: 0 };
}

function turn(at: Step, key: string): Step {
  const next = at.others?.get(key);
  if (next === undefined) return NOWHERE;
  at.recent = next;
  return next;
}
