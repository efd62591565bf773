/** The keys of objects of one shape, as a reader knows them. */
export interface KeyList {
  readonly keys: readonly string[];
  /** Some key must not be set by assignment: `__proto__`, or one that objects inherit. */
  readonly guarded: boolean;
}

/** One key on the way to a key list: the lists form a tree, so that looking one up costs a comparison for each key. */
interface Step {
  readonly key: string;
  readonly depth: number;
  /** The step that followed last time, which mostly is the one that follows now. */
  recent: Step | undefined;
  readonly others: Map<string, Step>;
  /** The number of the list that ends here, in the unit `unit`. */
  id: number;
  unit: number;
}

const MAX_LISTS = 256;
const MAX_KEYS = 64;

/**
 * The lists of keys that a writer has written since its last reset, so that objects of the same shape write them once. Bounded:
 * dictionaries with ever new keys would fill it, and write their keys inline instead.
 */
export class KeyLists {
  private root = step('', 0);
  private lists = 0;
  private unit = 1;
  private ids = 0;

  /** The number of this list, or −1 when it has not been written in this unit. */
  find(keys: readonly string[]): number {
    let at: Step | undefined = this.root;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i] as string;
      let next: Step | undefined = at.recent;
      if (next === undefined || next.key !== key) {
        next = at.others.get(key);
        if (next === undefined) return -1;
        at.recent = next;
      }
      at = next;
    }
    return at.unit === this.unit ? at.id : -1;
  }

  /** The number under which this list is to be written now, or −1 when it is to be written inline. */
  define(keys: readonly string[]): number {
    if (keys.length > MAX_KEYS || this.ids === MAX_LISTS) return -1;
    let at = this.root;
    for (const key of keys) {
      let next = at.others.get(key);
      if (next === undefined) {
        next = step(key, at.depth + 1);
        at.others.set(key, next);
      }
      at = next;
    }
    if (at.id < 0) this.lists++;
    at.id = this.ids++;
    at.unit = this.unit;
    return at.id;
  }

  /** A new unit begins: nothing has been written yet. The tree is kept, since the next unit mostly has the same shapes. */
  forget(): void {
    this.unit++;
    this.ids = 0;
    if (this.lists < MAX_LISTS) return;
    this.root = step('', 0);
    this.lists = 0;
  }
}

function step(key: string, depth: number): Step {
  return { key, depth, recent: undefined, others: new Map(), id: -1, unit: 0 };
}
