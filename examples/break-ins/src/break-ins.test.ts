import { createJob, memoryCheckpoints, sideOutput, to } from '@sluice/core';
import { collectTransactionalSink, drive } from '@sluice/testing';
import { generatedSource, randomOf } from '@sluice-examples/runner';
import { expect, it } from 'vitest';
import { loginOf } from './logins.js';
import { type BreakIn, breakInsOf, type GivenUp, type Login } from './pipeline.js';

/** By reading each user's logins in order: a run of wrong ones that ends in a right one. */
function expected(logins: readonly Login[]): string[] {
  const found: string[] = [];
  for (const user of new Set(logins.map((login) => login.user))) {
    let failed: Login[] = [];
    for (const login of logins.filter((one) => one.user === user).sort((a, b) => a.at - b.at)) {
      if (!login.ok) {
        failed.push(login);
        continue;
      }
      const tries = failed.filter(({ at }) => login.at - at < 60_000);
      if (tries.length >= 3) found.push(`${user} ${tries.length} ${login.at}`);
      failed = [];
    }
  }
  return found.sort();
}

it('finds every break-in once, through crashes', async () => {
  const records = 2_400;
  const breakIns = collectTransactionalSink<BreakIn>();
  const givenUp = collectTransactionalSink<GivenUp>();
  const givenUp$ = sideOutput<GivenUp>('given-up');
  const source = generatedSource({ records, rate: 600, seed: 4, record: loginOf });
  const flows = [breakInsOf(source, givenUp$).pipe(to(breakIns)), givenUp$.pipe(to(givenUp))];
  const driver = drive(
    createJob('break-ins', flows, { checkpoints: { interval: '500ms', storage: memoryCheckpoints() } }),
    { seed: 1 },
  );
  for (let crash = 0; crash < 4; crash++) {
    await driver.advance('900ms');
    await driver.crash();
    await driver.restart();
  }
  await driver.finish();
  const logins = Array.from({ length: records }, (_, index) => loginOf(index, randomOf(4, index)));
  expect(expected(logins).length).toBeGreaterThan(1);
  expect(breakIns.values.map(({ user, tries, at }) => `${user} ${tries} ${at}`).sort()).toEqual(expected(logins));
  expect(givenUp.values.some(({ match }) => match.failed.length >= 3 && match.entered.length === 0)).toBe(true);
});
