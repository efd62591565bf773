import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { SinkPlan, Told } from './sink-plan.js';

const alive = new Set<ChildProcess>();

/** A process that runs its plan. */
export class StruckProcess {
  readonly told: Told[] = [];
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  #wakeUp = (): void => {};

  /** @param fileBytes the largest file that it may write; blocks of 512 bytes, as `ulimit` of a POSIX shell has them */
  constructor(program: string, plan: SinkPlan, fileBytes?: number) {
    const command = [process.execPath, program, JSON.stringify(plan)];
    const limit = fileBytes === undefined ? 'unlimited' : fileBytes / 512;
    const shell = ['-c', `ulimit -f ${limit} && exec "$@"`, 'sh', ...command];
    const child = spawn('sh', shell, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    alive.add(child);
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.told.push(JSON.parse(line) as Told);
      this.#wakeUp();
    });
    this.ended = once(child, 'close').then(() => {
      alive.delete(child);
      this.#wakeUp();
    });
  }

  /** How it ended: what it said last. */
  get last(): Told['type'] | undefined {
    return this.told.at(-1)?.type;
  }

  /** False when it ended without that. */
  async until(type: Told['type']): Promise<boolean> {
    while (!this.told.some((told) => told.type === type)) {
      if (!alive.has(this.#child)) return false;
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
    return true;
  }

  goOn(): void {
    this.#child.kill('SIGCONT');
  }
}

export function killAll(): void {
  for (const child of alive) child.kill('SIGKILL');
}
