import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, isRunning, type ProcessMark } from './identity.js';
import { signalAll, treeOf } from './tree.js';

/** How long a server may take to end in its own way, in milliseconds. */
const PATIENCE = 30_000;

/** Asks the process to end and waits until it and its children have; what does not within 30 s is killed. */
export async function endGently(mark: ProcessMark, signal: NodeJS.Signals): Promise<void> {
  if (!isAlive(mark)) return;
  const tree = treeOf(mark.pid);
  signalAll([mark.pid], signal);
  // One that is stopped takes the signal only when it goes on.
  signalAll(tree, 'SIGCONT');
  if (!(await allGone(tree))) await killNow(tree);
}

/** SIGKILL to the process and its children, as when a machine fails; resolves when they are gone. */
export async function kill(mark: ProcessMark): Promise<void> {
  if (isAlive(mark)) await killNow(treeOf(mark.pid));
}

async function killNow(tree: readonly number[]): Promise<void> {
  signalAll(tree, 'SIGKILL');
  if (!(await allGone(tree))) throw new Error(`The processes ${tree.join(', ')} do not end.`);
}

async function allGone(pids: readonly number[]): Promise<boolean> {
  const deadline = Date.now() + PATIENCE;
  while (pids.some(isRunning)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
