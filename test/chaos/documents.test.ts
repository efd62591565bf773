import { afterAll, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { caught } from './caught.js';
import { failureLines } from './print.js';
import { bulkFailures, bulksFail } from './rows/bulk-failures.js';
import type { ChaosRow } from './rows/chaos-row.js';
import { poisonElements, poisonRows } from './rows/poison-element.js';
import { redisConnection, redisFails } from './rows/redis-connection.js';
import { runRow } from './run-row.js';
import { ChaosServers } from './site/servers.js';
import { removeWorkerProgram } from './site/worker-program.js';

// A few runs of each, the same ones every time; `npm run chaos` runs them as often as it is told to.
const seed = 20;
const servers = new ChaosServers();
afterAll(() => servers.close());
afterAll(removeWorkerProgram);

const TIMEOUT = 300_000;

async function passes(row: ChaosRow, mode: string, point?: string): Promise<void> {
  for await (const result of runRow(row, { seed, runs: 1, mode, point, parallel: 1 }, servers)) {
    expect(failureLines(row.row, result)).toEqual([]);
    // A run in which nothing happened shows nothing.
    expect(result.faults).toBeGreaterThanOrEqual(result.runs);
  }
}

describeWithService('elasticsearch', 'documents in Elasticsearch, with processes that are killed', () => {
  const byMode = (mode: string) => poisonRows.find(({ modes }) => modes.some((each) => each === mode)) as ChaosRow;

  test.concurrent('row 23: poison elements', { timeout: TIMEOUT }, () =>
    passes(byMode('files, letters in files'), 'files, letters in files'),
  );

  test.concurrent('row 24: bulk failures and a zombie', { timeout: TIMEOUT }, () =>
    passes(bulkFailures, 'of the elements', 'a zombie'),
  );

  test.concurrent.each([
    ['swallows rejects', /does not fit, is not among the dead letters: it is lost/],
    ['tells rejects at once', /among the dead letters twice/],
  ] as const)('a sink that %s is caught by row 23', { timeout: TIMEOUT }, async (mistake, expected) => {
    const round = { mode: 'files, letters in files', point: undefined, servers, minutes: 1 } as const;
    const violations = await caught(expected, seed, (each) => poisonElements({ ...round, seed: each }, mistake));
    expect(violations).toContainEqual(expect.stringMatching(expected));
  });

  test.concurrent.each([
    ['looks at no replies', 'killed', /is lost|instead of/],
    ['compares no versions', 'an older savepoint', /went back from revision/],
  ] as const)('a sink that %s is caught by row 24: %s', { timeout: TIMEOUT }, async (mistake, point, expected) => {
    const round = { mode: 'of the elements', point, servers, minutes: 1 } as const;
    const violations = await caught(expected, seed, (each) => bulksFail({ ...round, seed: each }, mistake));
    expect(violations).toContainEqual(expect.stringMatching(expected));
  });
});

describeWithService('redis', 'documents in Redis, with connections that are cut', () => {
  test.each([
    ['hashes', 'connections cut'],
    ['strings', 'READONLY'],
  ] as const)('row 25: %s, %s', { timeout: TIMEOUT }, (mode, point) => passes(redisConnection, mode, point));

  test('a sink that compares no versions is caught by row 25', { timeout: TIMEOUT }, async () => {
    const round = { mode: 'strings, versions of the elements', point: 'NOSCRIPT', servers, minutes: 1 } as const;
    const expected = /went back from revision/;
    const violations = await caught(expected, seed, (each) =>
      redisFails({ ...round, seed: each }, 'compares no versions'),
    );
    expect(violations).toContainEqual(expect.stringMatching(expected));
  });
});
