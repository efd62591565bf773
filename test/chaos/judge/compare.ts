import { type Expected, type Sum, windowKey } from './expected.js';

/** As it was read from the tables. */
export interface Written {
  readonly running: readonly {
    readonly id: number;
    readonly account: string;
    readonly nth: number;
    readonly total: number;
  }[];
  readonly windows: readonly {
    readonly account: string;
    readonly start: number;
    readonly payments: number;
    readonly amount: number;
  }[];
}

/** Everything that is wrong, one line for each row. */
export function compareRunning({ payments, totals }: Expected, { running }: Written): string[] {
  const wrong: string[] = [];
  const seen = new Set<number>();
  const state = new Map<string, Sum>();
  // How accounts of several splits interleave is free; within an account, each row has to follow from the one before.
  for (const row of [...running].sort((a, b) => a.nth - b.nth)) {
    const payment = payments.get(row.id);
    if (payment === undefined) {
      wrong.push(`payment ${row.id} was never in the input`);
      continue;
    }
    if (seen.has(row.id)) {
      wrong.push(`payment ${row.id} was written twice`);
      continue;
    }
    seen.add(row.id);
    const before = state.get(row.account) ?? { payments: 0, amount: 0 };
    const now = { payments: before.payments + 1, amount: before.amount + payment.amount };
    state.set(row.account, now);
    if (row.account !== payment.account)
      wrong.push(`payment ${row.id} is in ${row.account} instead of ${payment.account}`);
    else if (row.nth !== now.payments || row.total !== now.amount) {
      wrong.push(
        `payment ${row.id} is ${row.nth} with ${row.total} in ${row.account} instead of ${now.payments} with ${now.amount}`,
      );
    }
  }
  for (const id of payments.keys()) if (!seen.has(id)) wrong.push(`payment ${id} is lost`);
  for (const account of state.keys()) if (!totals.has(account)) wrong.push(`${account} was never in the input`);
  return wrong;
}

/** Where rows are upserted by account, the last one is left. */
export function compareTotals({ totals, payments }: Expected, { running }: Written): string[] {
  const written = running.map(({ account, nth, total }) => [account, { payments: nth, amount: total }] as const);
  const strangers = running.filter(({ id, account }) => payments.get(id)?.account !== account);
  return [
    ...strangers.map(({ id, account }) => `the last payment of ${account} is ${id}, which is not one of its own`),
    ...compareSums('account', totals, written),
  ];
}

export function compareWindows({ windows }: Expected, written: Written): string[] {
  const rows = written.windows.map(
    ({ account, start, payments, amount }) => [windowKey(account, start), { payments, amount }] as const,
  );
  return compareSums('window', windows, rows);
}

function compareSums(
  what: string,
  expected: ReadonlyMap<string, Sum>,
  rows: readonly (readonly [string, Sum])[],
): string[] {
  const wrong: string[] = [];
  const seen = new Set<string>();
  for (const [key, { payments, amount }] of rows) {
    const right = expected.get(key);
    if (seen.has(key)) wrong.push(`${what} ${key} was written twice`);
    else if (right === undefined) wrong.push(`${what} ${key} should not be there`);
    else if (right.payments !== payments || right.amount !== amount) {
      wrong.push(
        `${what} ${key} has ${payments} payments of ${amount} instead of ${right.payments} of ${right.amount}`,
      );
    }
    seen.add(key);
  }
  for (const key of expected.keys()) if (!seen.has(key)) wrong.push(`${what} ${key} is lost`);
  return wrong;
}
