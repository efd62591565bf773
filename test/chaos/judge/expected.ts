import { allPayments, type InputSpec, type Payment } from '../workload/payments.js';

/** Written down once more, with no code of the engine in it. */
export interface Expected {
  readonly payments: ReadonlyMap<number, Payment>;
  /** By account. */
  readonly totals: ReadonlyMap<string, Sum>;
  /** By account and the window's start in epoch ms. */
  readonly windows: ReadonlyMap<string, Sum>;
}

export interface Sum {
  readonly payments: number;
  readonly amount: number;
}

const WINDOW = 500;

export function expectedOf(input: InputSpec): Expected {
  const payments = allPayments(input);
  const totals = new Map<string, Sum>();
  const windows = new Map<string, Sum>();
  for (const { account, amount, at } of payments) {
    add(totals, account, amount);
    add(windows, windowKey(account, Math.floor(at / WINDOW) * WINDOW), amount);
  }
  return { payments: new Map(payments.map((payment) => [payment.id, payment])), totals, windows };
}

export function windowKey(account: string, start: number): string {
  return `${account} at ${new Date(start).toISOString()}`;
}

function add(sums: Map<string, Sum>, key: string, amount: number): void {
  const before = sums.get(key) ?? { payments: 0, amount: 0 };
  sums.set(key, { payments: before.payments + 1, amount: before.amount + amount });
}
