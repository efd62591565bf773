import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { servicesFolder, stopPostgres } from './postgres.js';

const users = join(servicesFolder, 'users');
const startedByTests = join(servicesFolder, 'started-by-tests');

/** Every process that uses the server leaves its pid; `started`: it was this one that started it. */
export function registerTestUser(started: boolean): void {
  mkdirSync(users, { recursive: true });
  writeFileSync(join(users, String(process.pid)), '');
  if (started) writeFileSync(startedByTests, '');
}

/** From now on the server is somebody's who asked for it by name, and stays. */
export function keepRunning(): void {
  rmSync(startedByTests, { force: true });
}

/** Stops a server that tests have started, once none of them is using it any more. */
export async function stopWhenUnused(): Promise<void> {
  if (!existsSync(startedByTests)) return;
  const others = existsSync(users)
    ? readdirSync(users).filter((pid) => Number(pid) !== process.pid && isAlive(Number(pid)))
    : [];
  if (others.length > 0) return;
  await stopPostgres();
  rmSync(users, { recursive: true, force: true });
  rmSync(startedByTests, { force: true });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
