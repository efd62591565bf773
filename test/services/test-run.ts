import { enter, stopUsing } from '@sluice/services';
import { removeOwnServers } from './own-servers.js';
import { printSkipped } from './skipped.js';

/** Every run of tests is a user of the services while it lasts, whether or not it will need one, and tells its pid to its workers. */
export function enterTestRun(): void {
  enter();
  process.env.SLUICE_TEST_RUN = String(process.pid);
}

/** Removes the servers of single suites, and stops the shared ones that tests started if nobody else uses them. */
export async function leaveTestRun(): Promise<void> {
  printSkipped(process.pid);
  try {
    await removeOwnServers(process.pid);
  } finally {
    await stopUsing();
  }
}

/** The pid of the run that this process works for. */
export function testRun(): number {
  return Number(process.env.SLUICE_TEST_RUN ?? process.pid);
}
