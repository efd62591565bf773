import { randomFrom } from '../random.js';

/** One element of the input. */
export interface Payment {
  readonly id: number;
  readonly account: string;
  readonly amount: number;
  /** Epoch ms; out of order within its split by less than `DISORDER`. */
  readonly at: number;
}

/** The whole input, by what generates it: the job and the judge each make it for themselves. */
export interface InputSpec {
  readonly seed: number;
  readonly splits: number;
  readonly perSplit: number;
}

export const DISORDER = 100;
const ACCOUNTS = 20;
const FIRST = Date.UTC(2024, 0, 1);
const APART = 10;

/** The payments of one split, in the order in which they are read. Every account has some in every split. */
export function paymentsOf({ seed, perSplit }: InputSpec, split: number): Payment[] {
  const random = randomFrom(seed, split);
  return Array.from({ length: perSplit }, (_, index) => ({
    id: split * 1_000_000 + index,
    account: `account ${random.between(1, ACCOUNTS)}`,
    amount: random.between(1, 1_000),
    at: FIRST + index * APART + random.between(0, DISORDER - 1),
  }));
}

export function allPayments(input: InputSpec): Payment[] {
  return Array.from({ length: input.splits }, (_, split) => paymentsOf(input, split)).flat();
}
