import { afterAll, expect, test } from 'vitest';
import { describeWithPostgres } from '../services/with-postgres.js';
import { caught } from './caught.js';
import type { Mistake } from './faults/fault.js';
import { failureLines } from './print.js';
import { postgresRows } from './rows/all-rows.js';
import type { ChaosRow } from './rows/chaos-row.js';
import { runRow } from './run-row.js';
import { ChaosServers } from './site/servers.js';
import { removeWorkerProgram } from './site/worker-program.js';

// `npm run chaos` runs them as often as it is told to; these are a few of each, the same ones every time.
const seed = 20;
const runsOf: Readonly<Record<number, number>> = { 1: 1, 8: 1, 9: 3 };

await describeWithPostgres('the scorecard, with processes that are killed and a real PostgreSQL', () => {
  const servers = new ChaosServers();
  afterAll(() => servers.close());
  afterAll(removeWorkerProgram);

  const cases = postgresRows.flatMap((row) =>
    row.modes.flatMap((mode) => (row.points?.(mode) ?? [undefined]).map((point) => ({ row, mode, point }))),
  );

  test.each(cases.map((each) => [nameOf(each), each] as const))(
    '%s',
    { timeout: 300_000 },
    async (_name, { row, mode, point }) => {
      const options = { seed, runs: runsOf[row.row] ?? (mode === 'upsert' ? 1 : 2), mode, point, parallel: 2 };
      for await (const result of runRow(row, options, servers)) {
        expect(failureLines(row.row, result)).toEqual([]);
        // A run in which nothing happened shows nothing.
        expect(result.faults).toBeGreaterThanOrEqual(result.runs);
      }
    },
  );

  const mistakes: readonly (readonly [Mistake, number, string, string | undefined, RegExp])[] = [
    ['commits before the manifest', 2, 'ledger', 'afterPrepareAcknowledged', /twice/],
    ['commits before the manifest', 2, 'two-phase', 'afterPrepareAcknowledged', /twice/],
    ['ignores fence and ledger', 5, 'ledger', 'afterManifestPublished', /twice/],
    ['ignores fence and ledger', 3, 'ledger', undefined, /twice/],
    ['ignores the command tag', 10, 'ledger', undefined, /is lost|instead of/],
    ['ignores the command tag', 10, 'two-phase', undefined, /the process failed|is lost/],
    ['drops a committable', 2, 'ledger', 'afterManifestPublished', /is lost|instead of/],
    ['drops a committable', 2, 'two-phase', 'afterManifestPublished', /is lost|instead of/],
  ];

  test.each(mistakes)(
    'a connector that %s is caught by row %i: %s',
    { timeout: 300_000 },
    async (mistake, number, mode, point, expected) => {
      const row = postgresRows.find((each) => each.row === number) as ChaosRow;
      const round = { mode, point, servers, minutes: 1, mistake };
      const violations = await caught(expected, seed + 1, (each) => row.run({ ...round, seed: each }));
      expect(violations).toContainEqual(expect.stringMatching(expected));
    },
  );
});

function nameOf({
  row,
  mode,
  point,
}: {
  readonly row: ChaosRow;
  readonly mode: string;
  readonly point: string | undefined;
}): string {
  return [`row ${row.row}: ${row.title}`, mode, point].filter((part) => part !== undefined).join(', ');
}
