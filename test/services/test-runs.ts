import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning } from '../../examples/flights/src/postgres/server-process.js';
import { servicesFolder, stopPostgresIf } from './postgres.js';

const runs = join(servicesFolder, 'test-runs');

/** Every run of tests leaves its pid while it lasts, whether or not it will need a service. */
export function enterTestRun(): void {
  mkdirSync(runs, { recursive: true });
  writeFileSync(join(runs, String(process.pid)), '');
}

/** Stops the server that tests have started, unless another run is still going on, which will. */
export async function leaveTestRun(): Promise<void> {
  rmSync(join(runs, String(process.pid)), { force: true });
  await stopPostgresIf((startedFor) => startedFor === 'tests' && !othersGoOn());
}

function othersGoOn(): boolean {
  const pids = readdirSync(runs).map(Number);
  for (const pid of pids) if (!isRunning(pid)) rmSync(join(runs, String(pid)), { force: true });
  return pids.some(isRunning);
}
