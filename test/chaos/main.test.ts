import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parseOptions } from './options.js';
import { failureLines, summaries } from './print.js';
import { randomFrom } from './random.js';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

test('a row that is not built says so', () => {
  const ran = spawnSync(process.execPath, ['--import', 'tsx', main, '--row', '7'], { encoding: 'utf8' });
  expect(ran.stderr).toContain('Row 7: not yet, it needs the cluster');
  expect(ran.status).toBe(2);
}, 30_000);

test('rows of which nothing is asked for print nothing', () => {
  const ran = spawnSync(process.execPath, ['--import', 'tsx', main, '--row', '1', '--mode', 'another'], {
    encoding: 'utf8',
  });
  expect(ran).toMatchObject({ stdout: '', stderr: 'Row 1 has no such mode or point.\n', status: 2 });
}, 30_000);

test('options', () => {
  expect(parseOptions(['--row', '2', '--seed', '7', '--runs', '100', '--json'])).toEqual({
    row: 2,
    seed: 7,
    runs: 100,
    size: 'runs',
    parallel: 2,
    minutes: 2,
    json: true,
  });
  expect(parseOptions(['--all', '--seed', '1'])).toMatchObject({ size: 'quick', minutes: 1 });
  expect(parseOptions(['--row', '2', '--release'])).toMatchObject({ size: 'release', minutes: 120 });
});

test('the same seed gives the same numbers', () => {
  const numbers = (...seeds: number[]) => Array.from({ length: 20 }, () => randomFrom(...seeds).next());
  const plan = (...seeds: number[]) => {
    const random = randomFrom(...seeds);
    return Array.from({ length: 20 }, () => random.between(1, 1_000));
  };
  expect(numbers(1, 2)).toEqual(numbers(1, 2));
  expect(plan(1, 2)).toEqual(plan(1, 2));
  expect(plan(1, 2)).not.toEqual(plan(1, 3));
  expect(plan(2, 2)).not.toEqual(plan(1, 2));
});

test('a failure is printed with what repeats it, and counted', () => {
  const failed = {
    mode: 'ledger',
    point: 'afterWrite',
    runs: 2,
    faults: 3,
    seconds: 1.23,
    failures: [{ seed: 8, violations: ['lost'] }],
  } as const;
  expect(failureLines(2, failed)).toEqual([
    '  lost',
    '  repeat it: npm run chaos -- --row 2 --mode ledger --point afterWrite --seed 8 --runs 1',
  ]);
  const passed = { ...failed, point: 'afterCommitSent', failures: [] } as const;
  expect(summaries(2, 7, [failed, passed])).toEqual([
    { row: 2, mode: 'ledger', seed: 7, runs: 4, faults: 6, violations: 1, seconds: 2.5 },
  ]);
});
