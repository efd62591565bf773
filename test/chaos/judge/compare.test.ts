import { expect, test } from 'vitest';
import { compareRunning, compareTotals, compareWindows, type Written } from './compare.js';
import { expectedOf } from './expected.js';

const input = { seed: 1, splits: 2, perSplit: 200 };
const expected = expectedOf(input);

/** What a job without a fault writes. */
function written(): { running: Written['running'][number][]; windows: Written['windows'][number][] } {
  const sums = new Map<string, { nth: number; total: number }>();
  const running = [...expected.payments.values()].map(({ id, account, amount }) => {
    const { nth, total } = sums.get(account) ?? { nth: 0, total: 0 };
    sums.set(account, { nth: nth + 1, total: total + amount });
    return { id, account, nth: nth + 1, total: total + amount };
  });
  const windows = [...expected.windows].map(([key, sum]) => {
    const [account = '', start = ''] = key.split(' at ');
    return { account, start: Date.parse(start), ...sum };
  });
  return { running, windows };
}

test('what is right is right', () => {
  expect(compareRunning(expected, written())).toEqual([]);
  expect(compareWindows(expected, written())).toEqual([]);
});

test('a row that is lost, is there twice, or is none of the input', () => {
  const lost = written();
  const [gone] = lost.running.splice(100, 1);
  expect(compareRunning(expected, lost)).toContain(`payment ${gone?.id} is lost`);
  // What follows it in its account has a running number too much.
  expect(compareRunning(expected, lost).length).toBeGreaterThan(1);

  const twice = written();
  twice.running.push({ ...(twice.running[0] as Written['running'][number]) });
  expect(compareRunning(expected, twice)).toEqual([`payment ${twice.running[0]?.id} was written twice`]);

  const stranger = written();
  stranger.running.push({ id: 77_000_000, account: 'account 1', nth: 1, total: 1 });
  expect(compareRunning(expected, stranger)).toEqual(['payment 77000000 was never in the input']);
});

test('state that does not fit the rows', () => {
  const wrong = written();
  wrong.running[300] = { ...(wrong.running[300] as Written['running'][number]), total: 1 };
  expect(compareRunning(expected, wrong)).toEqual([expect.stringMatching(/^payment \d+ is \d+ with 1 in account/)]);
});

test('windows: lost, twice, wrong', () => {
  const wrong = written();
  const [gone, other] = wrong.windows.splice(0, 2) as [Written['windows'][number], Written['windows'][number]];
  wrong.windows.push({ ...other, amount: other.amount + 1 }, wrong.windows[0] as Written['windows'][number]);
  const found = compareWindows(expected, wrong);
  expect(found).toHaveLength(3);
  expect(found).toContainEqual(expect.stringMatching(new RegExp(`^window ${gone.account} at .* is lost$`)));
  expect(found).toContainEqual(expect.stringContaining('was written twice'));
  expect(found).toContainEqual(expect.stringContaining('instead of'));
});

test('totals that are upserted: the last of each account', () => {
  const last = new Map(written().running.map((row) => [row.account, row]));
  expect(compareTotals(expected, { running: [...last.values()], windows: [] })).toEqual([]);
  const [first, ...others] = [...last.values()] as [Written['running'][number], ...Written['running'][number][]];
  expect(compareTotals(expected, { running: others, windows: [] })).toEqual([`account ${first.account} is lost`]);
  const behind = { ...first, nth: first.nth - 1 };
  expect(compareTotals(expected, { running: [behind, ...others], windows: [] })).toHaveLength(1);
});
