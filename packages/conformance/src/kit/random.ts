/** Numbers that a seed determines. */
export class SeededNumbers {
  #state: number;

  /** @param salt What the numbers are for, so that two uses of one seed do not go together. */
  constructor(seed: number, salt: string) {
    let state = seed ^ 0x811c_9dc5;
    for (const character of salt) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 0x0100_0193);
    this.#state = state | 0;
  }

  /** A whole number of both bounds and everything between them. */
  between(least: number, most: number): number {
    // A step of splitmix32: enough for choices, and the same everywhere.
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let bits = this.#state ^ (this.#state >>> 16);
    bits = Math.imul(bits, 0x21f0_aaad);
    bits ^= bits >>> 15;
    bits = Math.imul(bits, 0x735a_2d97);
    bits ^= bits >>> 15;
    return least + ((bits >>> 0) % (most - least + 1));
  }
}
