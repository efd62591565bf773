import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Ends sessions, writes a checkpoint and ends the server, for which SIGINT stands; one that takes more than 30 s loses the checkpoint. */
export async function stopProcess(pid: number): Promise<void> {
  if (!(await endProcess(pid, 'SIGINT'))) await endProcess(pid, 'SIGQUIT');
}

/** Sends the signal, and answers whether the process is gone within 30 s. */
export async function endProcess(pid: number, name: NodeJS.Signals): Promise<boolean> {
  const deadline = Date.now() + 30_000;
  signal(pid, name);
  while (isRunning(pid)) {
    if (Date.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}

export function isRunning(pid: number): boolean {
  return signal(pid, 0) && !isZombie(pid);
}

/** One that has ended but whose parent has not noticed yet still takes signals. */
function isZombie(pid: number): boolean {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
