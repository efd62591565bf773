import { startShared } from '@sluice/services';
import { requiredServices } from './required.js';
import { enterTestRun, leaveTestRun } from './test-run.js';

/**
 * For vitest's `globalSetup`: what tests start, the last run of them stops. Services that are required start at once, all in parallel, behind
 * the tests that need none; others when the first suite asks for them, since most runs need none.
 */
export function setup(): () => Promise<void> {
  enterTestRun();
  // The suites that need them tell what is wrong.
  const starting = Promise.allSettled(requiredServices().map((name) => startShared(name, 'while used')));
  return async () => {
    await starting;
    await leaveTestRun();
  };
}
