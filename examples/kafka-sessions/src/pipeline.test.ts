import { arraySource, createJob, memoryCheckpoints, to } from '@sluice/core';
import { collectTransactionalSink, drive } from '@sluice/testing';
import { expect, it } from 'vitest';
import type { PageView } from './page-view.js';
import { sessionsOf } from './pipeline.js';

const MINUTE = 60_000;
const view = (user: string, minute: number, page = '/'): PageView => ({ user, page, at: minute * MINUTE });

/** Ends long after everything else, so that what comes behind it is late. */
const MUCH_LATER = view('clock', 60);

function sessionsAndLate(views: readonly PageView[]) {
  const { sessions$, late$ } = sessionsOf(arraySource(views));
  const rows = collectTransactionalSink<{ user: string; began: number; ended: number; views: number; pages: number }>();
  const late = collectTransactionalSink<PageView>();
  const job = createJob('sessions', [sessions$.pipe(to(rows)), late$.pipe(to(late))], {
    guarantee: 'exactly-once',
    checkpoints: { interval: '1s', storage: memoryCheckpoints() },
  });
  return { job, rows, late };
}

it('views less than five minutes apart are a session, in whatever order they come', async () => {
  const { job, rows, late } = sessionsAndLate([
    view('ann', 0),
    view('ann', 4, '/docs'),
    view('ann', 2),
    view('bob', 4),
    view('ann', 20),
  ]);
  await job.run();
  expect([...rows.values].sort((a, b) => a.user.localeCompare(b.user) || a.began - b.began)).toEqual([
    { user: 'ann', began: 0, ended: 9 * MINUTE, views: 3, pages: 2 },
    { user: 'ann', began: 20 * MINUTE, ended: 25 * MINUTE, views: 1, pages: 1 },
    { user: 'bob', began: 4 * MINUTE, ended: 9 * MINUTE, views: 1, pages: 1 },
  ]);
  expect(late.values).toEqual([]);
});

it('a crash at any point of a checkpoint changes nothing', async () => {
  for (const point of ['afterBarrier', 'afterPrepare', 'afterStateWritten', 'afterPublish', 'afterCommit'] as const) {
    const { job, rows } = sessionsAndLate([view('ann', 0), view('ann', 4), MUCH_LATER]);
    const driver = drive(job, { seed: 1 });
    await driver.crash(point);
    await driver.restart();
    await driver.finish();
    expect(rows.values.map(({ user, views }) => [user, views])).toEqual([
      ['ann', 2],
      ['clock', 1],
    ]);
  }
});
