import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createJob, fileCheckpoints, sideOutput, to } from '@sluice/core';
import { collectTransactionalSink, drive } from '@sluice/testing';
import { generatedSource, randomOf } from '@sluice-examples/runner';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PAUSE, type Session, sessionsOf, type View } from './pipeline.js';
import { viewOf } from './views.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-sessions-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const views = Array.from({ length: 1_200 }, (_, index) => viewOf(index, randomOf(5, index)));

/** Sessions by sorting, of the views that were not late. */
function expected(taken: readonly View[]): string[] {
  const sessions: View[][] = [];
  for (const visitor of new Set(taken.map((view) => view.visitor))) {
    let last: View[] = [];
    for (const view of taken.filter((one) => one.visitor === visitor).sort((a, b) => a.at - b.at)) {
      if (last.length === 0 || view.at - (last.at(-1) as View).at > PAUSE) {
        last = [];
        sessions.push(last);
      }
      last.push(view);
    }
  }
  return sessions
    .map((session) => `${session[0]?.visitor} ${new Date(session[0]?.at as number).toISOString()} ${session.length}`)
    .sort();
}

it('every view is in its session or late, exactly once, whatever crashes', async () => {
  const source = generatedSource({ records: views.length, rate: 500, seed: 5, record: viewOf });
  const late$ = sideOutput<View>('late');
  const sessions = collectTransactionalSink<Session>();
  const late = collectTransactionalSink<View>();
  const job = createJob('sessions', [sessionsOf(source, late$).pipe(to(sessions)), late$.pipe(to(late))], {
    guarantee: 'exactly-once',
    checkpoints: { interval: '1s', storage: fileCheckpoints(folder) },
  });
  const driver = drive(job, { seed: 3 });
  await driver.advance('700ms');
  await driver.checkpoint();
  await driver.crash();
  await driver.restart();
  await driver.advance('1s');
  await driver.crash();
  await driver.restart();
  await driver.finish();
  expect(late.values.length).toBeGreaterThan(0);
  const key = ({ visitor, at, page }: View): string => `${visitor} ${at} ${page}`;
  const lateKeys = new Set(late.values.map(key));
  const taken = views.filter((view) => !lateKeys.has(key(view)));
  expect(taken.length + late.values.length).toBe(views.length);
  expect(sessions.values.map((one) => `${one.visitor} ${one.from} ${one.views}`).sort()).toEqual(expected(taken));
});
