import { createRequire } from 'node:module';
import { extname } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ConnectorOptions } from '../kit/connector-options.js';
import { option } from '../kit/option.js';
import { ConformanceChild } from './child-process.js';
import { childEnvironment } from './serve.js';

/** Child processes of one connector. One is always started ahead: loading the author's file takes longer than most runs. */
export class ChildPool {
  readonly #all = new Set<ConformanceChild>();
  #spare: ConformanceChild | undefined;
  #used: ConformanceChild[] = [];

  constructor(
    private readonly options: ConnectorOptions,
    private readonly limit: number,
  ) {}

  /** A process that waits for its first order. */
  async take(): Promise<ConformanceChild> {
    const child = this.#spare ?? this.#start();
    this.#spare = this.#start();
    await child.ready(this.limit);
    return child;
  }

  /** One that has done something before, if there is one: for a run that is killed anyway. */
  async takeUsed(): Promise<ConformanceChild> {
    for (let child = this.#used.pop(); child !== undefined; child = this.#used.pop()) if (child.lives) return child;
    return this.take();
  }

  giveBack(child: ConformanceChild): void {
    this.#used.push(child);
  }

  async end(): Promise<void> {
    this.#spare = undefined;
    this.#used = [];
    await Promise.all([...this.#all].map((child) => child.end()));
    this.#all.clear();
  }

  #start(): ConformanceChild {
    const { name, module } = this.options;
    const program = fileOf(module);
    // What belongs to the test runner would make the child take itself for one of its processes.
    const inherited = Object.entries(process.env).filter(
      ([key]) => !/^(VITEST|JEST|NODE_TEST|NODE_OPTIONS$)/.test(key),
    );
    const child = new ConformanceChild(program, this.options.nodeArgs ?? defaultArguments(program), {
      ...Object.fromEntries(inherited),
      ...this.options.environment?.(),
      ...childEnvironment(name),
    });
    for (const other of this.#all) if (!other.lives) this.#all.delete(other);
    this.#all.add(child);
    return child;
  }
}

function fileOf(module: string | URL): string {
  return module instanceof URL || module.startsWith('file:') ? fileURLToPath(module) : module;
}

/** How Node is told to run the author's file. @throws SLUICE_CONFORMANCE_OPTIONS when it cannot */
export function defaultArguments(program: string): readonly string[] {
  if (!/^\.[cm]?tsx?$/.test(extname(program))) return [];
  try {
    return ['--import', pathToFileURL(createRequire(program).resolve('tsx')).href];
  } catch {
    // Since 22.18 Node runs TypeScript by itself, as long as imports name files as they are.
    if ((process.features as { readonly typescript?: unknown }).typescript) return [];
    throw option.refusal(
      'conformance',
      'nodeArgs',
      'a way to run TypeScript in a child process',
      'neither tsx nor a Node that does it by itself',
    );
  }
}
