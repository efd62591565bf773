import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ArmResult } from './arm.js';
import type { ArmName } from './arms.js';
import { Unavailable } from './unavailable.js';

const program = fileURLToPath(new URL('./arm-process.ts', import.meta.url));
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Five million events in memory, and room for what each arm keeps of them. */
const HEAP_MB = 8192;

export const optionsOfNode = ['--import', 'tsx', '--expose-gc', `--max-old-space-size=${HEAP_MB}`];

/** Our packages are the built ones, whatever this process was started with. */
export function environmentOf(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...more, TSX_TSCONFIG_PATH: `${root}tsconfig.run.json` };
}

/** Runs an arm in a fresh process, against the built packages whatever this process was started with. @throws Unavailable */
export function runArm(name: ArmName, environment: Readonly<Record<string, string>> = {}): Promise<ArmResult> {
  const child = fork(program, [name], {
    cwd: root,
    execArgv: optionsOfNode,
    env: environmentOf(environment),
    // What an arm prints must not come between the results.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  let outcome: ArmResult | { readonly unavailable: string } | undefined;
  child.on('message', (message) => {
    outcome = message as typeof outcome;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0 && outcome !== undefined) {
        if ('unavailable' in outcome) reject(new Unavailable(outcome.unavailable));
        else resolve(outcome);
      } else reject(new Error(`the arm ${name} ended with ${signal ?? `exit code ${code}`} and no result`));
    });
  });
}
