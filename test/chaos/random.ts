/** What a seed decides. */
export interface Random {
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  oneOf<const T>(choices: readonly [T, ...T[]]): T;
}

/** The same numbers for the same seeds (mulberry32). */
export function randomFrom(...seeds: readonly number[]): Random {
  let state = seeds.reduce((mixed, seed) => Math.imul(mixed ^ (seed | 0), 0x9e37_79b1) ^ (mixed >>> 15), 0x5bd1_e995);
  const next = (): number => {
    state = (state + 0x6d2b_79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return { next, between, oneOf: (choices) => choices[between(0, choices.length - 1)] ?? choices[0] };
}
