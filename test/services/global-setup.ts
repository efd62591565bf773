import { enterTestRun, leaveTestRun } from './test-runs.js';

/** For vitest's `globalSetup`: what tests start, the last run of them stops. Nothing is started here, since most runs need no service. */
export function setup(): () => Promise<void> {
  enterTestRun();
  return leaveTestRun;
}
