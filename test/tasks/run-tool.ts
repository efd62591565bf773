import { spawn } from 'node:child_process';
import { constants } from 'node:os';
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
  vitepress: 'vitepress/bin/vitepress.js',
  vitest: 'vitest/vitest.mjs',
} as const;

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The Node binary; default is the one that runs this. */
  readonly node?: string;
  /** Where its output goes; `stderr` keeps the output of what runs behind it alone on stdout. */
  readonly output?: 'stdout' | 'stderr';
}

/** Runs a tool of node_modules in the repository's root and answers its exit code. */
export function runTool(tool: keyof typeof tools, args: readonly string[], options?: RunOptions): Promise<number> {
  return runNode([join(root, 'node_modules', tools[tool]), ...args], options);
}

/**
 * Runs a TypeScript program of the repository; `@sluice/*` are the built packages for it and for its children.
 * It is told of a signal once: in a group of its own it does not get those of the terminal beside those that npm passes on.
 */
export function runProgram(file: string, args: readonly string[]): Promise<number> {
  return runNode(['--import', 'tsx', join(root, file), ...args], { ownGroup: true });
}

/** Runs a TypeScript program of the repository against the sources of `@sluice/*`, for one that none of the engine's packages take part in. */
export function runSource(file: string, args: readonly string[]): Promise<number> {
  const env = { TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') };
  return runNode(['--import', 'tsx', join(root, file), ...args], { ownGroup: true, env });
}

interface ProcessOptions extends RunOptions {
  readonly ownGroup?: boolean;
}

function runNode(args: readonly string[], options: ProcessOptions = {}): Promise<number> {
  const { env, node = process.execPath, ownGroup = false, output = 'stdout' } = options;
  const child = spawn(node, args, {
    cwd: root,
    stdio: ['inherit', output === 'stderr' ? 2 : 'inherit', 'inherit'],
    detached: ownGroup,
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TSX_TSCONFIG_PATH: join(root, 'tsconfig.run.json'), ...env },
  });
  const passOn = oncePerSignal((signal) => ownGroup && child.kill(signal));
  // Listening also keeps this process until the child has ended in its own way.
  for (const signal of ENDING) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const ending of ENDING) process.off(ending, passOn);
      resolve(code ?? (signal === null ? 1 : 128 + constants.signals[signal]));
    });
  });
}

const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A Ctrl-C arrives twice: from the terminal, and from npm, which passes on what it gets. */
function oncePerSignal(handle: (signal: NodeJS.Signals) => void): (signal: NodeJS.Signals) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (signal) => {
    const now = performance.now();
    if (now - last > 500) handle(signal);
    last = now;
  };
}
