import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, markOf, type ProcessMark } from '../process/identity.js';

/** Milliseconds: the holder may be downloading what is needed. */
const PATIENCE = 300_000;

/** One process at a time, and in it one caller; a lock whose holder died is taken over. */
export async function exclusive<T>(lock: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = Date.now() + PATIENCE;
  while (!take(lock)) {
    if (Date.now() > deadline) throw new Error(`${lock} is held by another process for ${PATIENCE / 1_000} s.`);
    if (holderIsGone(lock)) removeAbandoned(lock);
    else await sleep(50);
  }
  try {
    return await action();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string): boolean {
  try {
    writeFileSync(lock, JSON.stringify(markOf(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  }
}

/** Of two that find the same dead holder, the slower one must not remove the lock of the faster: they take turns, and look again. */
function removeAbandoned(lock: string): void {
  const turn = `${lock}.turn`;
  if (!take(turn)) {
    if (holderIsGone(turn) || ageOf(turn) > 10_000) rmSync(turn, { force: true });
    return;
  }
  try {
    if (holderIsGone(lock)) rmSync(lock, { force: true });
  } finally {
    rmSync(turn, { force: true });
  }
}

function holderIsGone(lock: string): boolean {
  let text: string;
  try {
    text = readFileSync(lock, 'utf8');
  } catch {
    return false;
  }
  try {
    return !isAlive(JSON.parse(text) as ProcessMark);
  } catch {
    // Its holder is between making it and writing into it, or died there.
    return ageOf(lock) > 10_000;
  }
}

function ageOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}
