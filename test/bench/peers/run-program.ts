import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until it is killed. */
  readonly timeout: number;
}

/** Runs a program to its end; answers what it printed. @throws with the end of what it complained about */
export function runProgram(program: string, parameters: readonly string[], options: ProgramOptions): Promise<string> {
  const { env, timeout } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
      killSignal: 'SIGKILL',
    });
    let printed = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`${program} ended with ${signal ?? code}: ${lastLines(complaints || printed)}`));
    });
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-5).join('\n');
}
