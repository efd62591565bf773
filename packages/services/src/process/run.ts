import { spawn } from 'node:child_process';
import { signalAll, treeOf } from './tree.js';

/** What to add to the options of `spawn` so that a program runs as the account that may run it. */
export interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

export interface Outcome {
  readonly ok: boolean;
  /** What it wrote to stdout. */
  readonly said: string;
  /** The same with stderr, or why it could not be run. */
  readonly output: string;
}

export interface RunOptions {
  readonly account?: Account;
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until it is killed. Default 120 000. */
  readonly timeout?: number;
}

/** Runs a program to its end, from `/`: a working directory that the account cannot enter stops many. */
export function run(program: string, parameters: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { account = {}, env, timeout = 120_000 } = options;
  return new Promise((settle) => {
    const child = spawn(program, parameters, {
      ...account,
      cwd: '/',
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // That of `spawn` keeps the process when the program cannot be run.
    const timer = setTimeout(() => child.pid !== undefined && signalAll(treeOf(child.pid), 'SIGKILL'), timeout);
    const end = (outcome: Outcome): void => {
      clearTimeout(timer);
      settle(outcome);
    };
    let said = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.on('error', (error) => end({ ok: false, said, output: output + error.message }));
    child.on('close', (code) => end({ ok: code === 0, said, output }));
  });
}
