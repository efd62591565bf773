import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../examples/flights/src/postgres/server-process.js';
import { removeOwnServers } from './own-servers.js';
import { servicesFolder, stopPostgresIf } from './postgres.js';

const runs = join(servicesFolder, 'test-runs');

/** Every run of tests leaves its pid while it lasts, whether or not it will need a service, and tells it to its workers. */
export function enterTestRun(): void {
  mkdirSync(runs, { recursive: true });
  writeFileSync(join(runs, String(process.pid)), '');
  process.env.SLUICE_TEST_RUN = String(process.pid);
}

/** The pid of the run that this process works for. */
export function testRun(): number {
  return Number(process.env.SLUICE_TEST_RUN ?? process.pid);
}

/** Removes the servers of single suites, and stops the shared one if tests have started it and no other run goes on, which else will. */
export async function leaveTestRun(): Promise<void> {
  rmSync(join(runs, String(process.pid)), { force: true });
  try {
    await removeOwnServers(process.pid);
  } finally {
    await stopPostgresIf((startedFor) => startedFor === 'tests' && !othersGoOn());
  }
}

function othersGoOn(): boolean {
  const pids = readdirSync(runs).map(Number);
  for (const pid of pids) if (!isRunning(pid)) rmSync(join(runs, String(pid)), { force: true });
  return pids.some(isRunning);
}
