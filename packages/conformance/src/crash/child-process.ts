import { type ChildProcess, spawn } from 'node:child_process';
import { violated } from '../kit/violation.js';
import { within } from '../kit/within.js';
import type { ChildNews, ChildOrder } from './fault.js';

/** How a start of the pipeline ended. */
export type Ending = Extract<ChildNews, { type: 'finished' | 'failed' | 'open' }> | { readonly type: 'killed' };

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** A process in which the author's file runs the pipeline instead of tests. */
export class ConformanceChild {
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(news: ChildNews | { readonly type: 'gone' }) => void>();
  readonly #ready: Promise<ChildNews | { readonly type: 'gone' }>;
  #errors = '';
  #gone = false;

  constructor(program: string, nodeArgs: readonly string[], environment: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [...nodeArgs, program], {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    alive.add(this.#child);
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#errors = `${this.#errors}${chunk}`.slice(-2_000);
    });
    this.#child.on('message', (news: ChildNews) => this.#tell(news));
    this.#child.on('error', () => {});
    this.#child.on('close', () => {
      alive.delete(this.#child);
      this.#gone = true;
      this.#tell({ type: 'gone' });
    });
    this.#ready = this.#next(['ready', 'gone']);
  }

  /** It can still be told something. */
  get lives(): boolean {
    return !this.#gone;
  }

  /** The author's file has come to its call. */
  async ready(limit: number): Promise<void> {
    const news = await within(limit, 'the start of a child process', this.#ready);
    if (news.type === 'gone')
      violated(`a child process ended before it reached the call of the kit: ${this.#errors.trim()}`);
  }

  /** Starts something; `ended` tells how it ended. */
  order(order: ChildOrder): { readonly held: Promise<boolean>; readonly ended: Promise<Ending> } {
    const ended = this.#next(['finished', 'failed', 'open', 'gone']);
    const held = this.#next(['held', 'finished', 'failed', 'gone']).then(({ type }) => type === 'held');
    this.#child.send(order, () => {});
    return { held, ended: ended.then((news) => this.#endingOf(news)) };
  }

  /** One that has stopped. */
  goOn(): void {
    if (this.#gone) return;
    this.#child.kill('SIGCONT');
    this.#child.send({ type: 'goOn' } satisfies ChildOrder, () => {});
  }

  async end(): Promise<void> {
    if (this.#gone) return;
    const gone = this.#next(['gone']);
    this.#child.kill('SIGKILL');
    await gone;
  }

  #endingOf(news: ChildNews | { readonly type: 'gone' }): Ending {
    if (news.type === 'finished' || news.type === 'failed' || news.type === 'open') return news;
    if (this.#child.signalCode === 'SIGKILL') return { type: 'killed' };
    return { type: 'failed', text: `the process ended with ${this.#child.exitCode}: ${this.#errors.trim()}` };
  }

  #next(types: readonly string[]): Promise<ChildNews | { readonly type: 'gone' }> {
    return new Promise((resolve) => {
      const listener = (news: ChildNews | { readonly type: 'gone' }): void => {
        if (!types.includes(news.type)) return;
        this.#listeners.delete(listener);
        resolve(news);
      };
      this.#listeners.add(listener);
    });
  }

  #tell(news: ChildNews | { readonly type: 'gone' }): void {
    for (const listener of this.#listeners) listener(news);
  }
}
