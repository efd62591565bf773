import { uncountedBytes } from './uncounted.js';

/** As many as a byte tells apart: what there is of each key is counted in bytes. */
const LAST = 255;

/**
 * When what changed: a generation ends with each capture. Kept by id, as one byte beside the entries, so that "changed since that
 * capture" costs a comparison and no capture that fails has anything to put back.
 */
export class Generations {
  /** The generation under way, from 1. */
  current = 1;
  /** Of each id, the generation in which its entries were touched last; 0 for never. There is a place for every id. */
  changed: Uint8Array = uncountedBytes(64);
  /** Keys are to be remembered when they go: a capture that later ones build on has seen them. */
  remembers = false;
  /** Of each id, the generation in which its key came. */
  private born: Uint8Array = uncountedBytes(64);
  /** By generation: how many ids it touched, and the keys that went. */
  private readonly touched: number[] = new Array<number>(LAST + 1).fill(0);
  private readonly gone: (unknown[] | undefined)[] = new Array<unknown[] | undefined>(LAST + 1).fill(undefined);
  private memories = 0;

  /** Places for so many ids. */
  grow(length: number): void {
    this.changed = grown(this.changed, length);
    this.born = grown(this.born, length);
  }

  /** The key of this id is new. */
  begin(id: number): void {
    this.born[id] = this.current;
  }

  /** The first change of an id in this generation. */
  touch(id: number): void {
    this.changed[id] = this.current;
    this.touched[this.current] = (this.touched[this.current] as number) + 1;
  }

  /** The key of this id goes. One that came after the last capture is in none. */
  end(id: number, key: unknown): void {
    if (!this.remembers || this.born[id] === this.current) return;
    const keys = this.gone[this.current];
    if (keys === undefined) this.gone[this.current] = [key];
    else keys.push(key);
    this.memories++;
  }

  /** How many keys are remembered that went. */
  get remembered(): number {
    return this.memories;
  }

  /** Another generation cannot be told from the others: `restart` comes first. */
  get usedUp(): boolean {
    return this.current === LAST;
  }

  /** Ends the generation under way, and answers which it was. */
  next(): number {
    const ended = this.current++;
    this.touched[this.current] = 0;
    return ended;
  }

  /** As if nothing had ever been captured. */
  restart(): void {
    this.forget();
    this.current = 1;
    this.changed.fill(0);
    this.born.fill(0);
    this.touched.fill(0);
  }

  /** How many keys changed or went after a generation, or more: one that changed in several counts for each. */
  changesAfter(generation: number): number {
    let changes = this.memories;
    for (let later = generation + 1; later <= this.current; later++) changes += this.touched[later] as number;
    return changes;
  }

  /** The keys remembered up to a generation. */
  goneUpTo(upTo: number): readonly (readonly unknown[])[] {
    return this.gone.slice(0, upTo + 1).filter((keys) => keys !== undefined);
  }

  /** Nobody asks for what went up to this generation any more. */
  forgetUpTo(generation: number): void {
    for (let old = 0; old <= generation; old++) {
      this.memories -= this.gone[old]?.length ?? 0;
      this.gone[old] = undefined;
    }
  }

  /** Remembers nothing, and is to remember nothing. */
  forget(): void {
    this.remembers = false;
    this.gone.fill(undefined);
    this.memories = 0;
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array {
  const larger = uncountedBytes(length);
  larger.set(bytes);
  return larger;
}
