import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from './root.js';

/** By path and not through `.bin`: several versions of TypeScript are installed, and each would be `.bin/tsc`. */
const tools = {
  attw: '@arethetypeswrong/cli/dist/index.js',
  biome: '@biomejs/biome/bin/biome',
  changeset: '@changesets/cli/bin.js',
  publint: 'publint/src/cli.js',
  tsc: 'typescript/bin/tsc',
  turbo: 'turbo/bin/turbo',
  vitest: 'vitest/vitest.mjs',
} as const;

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The Node binary; default is the one that runs this. */
  readonly node?: string;
}

/** Runs a tool of node_modules in the repository's root and answers its exit code. */
export function runTool(tool: keyof typeof tools, args: readonly string[], options?: RunOptions): Promise<number> {
  return runNode([join(root, 'node_modules', tools[tool]), ...args], options);
}

/** Runs a TypeScript program of the repository; `@sluice/*` are the built packages for it and for its children. */
export function runProgram(file: string, args: readonly string[]): Promise<number> {
  return runNode(['--import', 'tsx', join(root, file), ...args]);
}

function runNode(args: readonly string[], { env, node = process.execPath }: RunOptions = {}): Promise<number> {
  const child = spawn(node, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TSX_TSCONFIG_PATH: join(root, 'tsconfig.run.json'), ...env },
  });
  // A terminal's Ctrl-C reaches the child by itself; it decides when to end, and this process with it.
  const forward = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? (signal === null ? 1 : 128));
    });
  });
}
