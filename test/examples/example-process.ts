import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ServiceName } from '@sluice/services';
import { services, startShared } from '@sluice/services';
import { root } from '../tasks/root.js';

export interface Ended {
  /** The exit code, or the signal. */
  readonly end: number | NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command of an example, on the servers that the tests share. */
export class ExampleProcess {
  private stdout = '';
  private stderr = '';
  private readonly ended: Promise<Ended>;

  private constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (data) => {
      this.stdout += data;
    });
    child.stderr?.on('data', (data) => {
      this.stderr += data;
    });
    // A test that is given up must not leave it running.
    const killed = (): boolean => child.kill('SIGKILL');
    process.once('exit', killed);
    this.ended = once(child, 'close').then(([code, signal]) => {
      process.off('exit', killed);
      return { end: code ?? signal, stdout: this.stdout, stderr: this.stderr };
    });
  }

  static async start(example: string, needs: readonly ServiceName[], args: readonly string[]): Promise<ExampleProcess> {
    const endpoints = await Promise.all(
      needs.map(async (name) => [services[name].variable, (await startShared(name, 'while used')).endpoint] as const),
    );
    const program = join(root, `examples/${example}/src/main.ts`);
    const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
      cwd: root,
      env: { ...process.env, ...Object.fromEntries(endpoints) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ExampleProcess(child);
  }

  signal(signal: NodeJS.Signals): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }

  end(): Promise<Ended> {
    return this.ended;
  }

  /** Waits for the condition, and fails with what the process said when it ends before. */
  async until(condition: () => Promise<boolean>): Promise<void> {
    let over: Ended | undefined;
    this.ended.then((ended) => {
      over = ended;
    });
    while (!(await condition())) {
      if (over !== undefined) throw new Error(`The example has ended (${over.end}): ${over.stdout}${over.stderr}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export function removeFilesOf(name: string): Promise<void> {
  return rm(join(root, '.demo', name), { recursive: true, force: true });
}
