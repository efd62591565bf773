/** The bids of q1, here and in the peers, given out again and again: seconds of work, so that checkpoints come in between. */
export const Q1_STREAM = { seed: 1, rate: 20_000, base: Date.UTC(2026, 0, 1) } as const;
export const Q1_BIDS = 1_048_576;
export const Q1_ROUNDS = 300;
export const Q1_WARM_UP = 4 * Q1_BIDS;
