/**
 * Random numbers of one event: everything about event `n` follows from the seed and `n`, so that any part of the stream can be made
 * without what comes before it. Mulberry32, begun at a hash of the two.
 */
export class Random {
  private state = 0;

  constructor(private readonly seed: number) {}

  /** Begins the numbers of another event. */
  begin(event: number): void {
    let hash = Math.imul(event | 0, 0x9e3779b1) ^ Math.imul((event / 2 ** 32) | 0, 0x85ebca77) ^ this.seed;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    this.state = hash ^ (hash >>> 16);
  }

  /** From 0 to below 1, in steps of 2⁻³². */
  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to below `bound`. */
  below(bound: number): number {
    return Math.floor(this.fraction() * bound);
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }
}
