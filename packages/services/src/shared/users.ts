import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, markOf, type ProcessMark } from '../process/identity.js';
import { servicesFolder } from './folder.js';

const folder = (): string => join(servicesFolder(), 'users');

/** Notes that this process uses servers that are there only as long as somebody uses them. */
export function enter(): void {
  mkdirSync(folder(), { recursive: true });
  writeFileSync(join(folder(), String(process.pid)), JSON.stringify(markOf(process.pid)));
}

export function leave(): void {
  rmSync(join(folder(), String(process.pid)), { force: true });
}

/** Whether a process that has entered goes on; forgets those that died. */
export function anybodyLeft(): boolean {
  mkdirSync(folder(), { recursive: true });
  let left = false;
  for (const name of readdirSync(folder())) {
    const file = join(folder(), name);
    try {
      if (isAlive(JSON.parse(readFileSync(file, 'utf8')) as ProcessMark)) left = true;
      else rmSync(file, { force: true });
    } catch {
      // It is entering or leaving at this moment.
      left = true;
    }
  }
  return left;
}
