import { type ChildProcess, fork } from 'node:child_process';
import type { ParentMessage, WorkerMessage, WorkerPlan } from './worker-messages.js';

/** How a process of the job ended. */
export interface End {
  readonly how: 'finished' | 'failed' | 'killed' | 'hung' | 'broken';
  /** Of the error that it failed with, outermost first. */
  readonly codes: readonly string[];
  readonly text: string;
}

/** Nothing in a run takes that long unless it waits for ever. */
const LONGEST = 60_000;

const alive = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

export interface ProcessOptions {
  /** ms; default a minute. */
  readonly longest?: number;
  /** Of Node. */
  readonly flags?: readonly string[];
}

/** One process that runs the job, on the built packages. */
export class JobProcess<Plan = WorkerPlan> {
  readonly ended: Promise<End>;
  /** What was done to it while it lived. */
  readonly struck: string[] = [];
  /** Codes of the failures after which it started the job again by itself. */
  readonly restarts: (readonly string[])[] = [];
  read = 0;
  readonly #child: ChildProcess;
  readonly #listeners = new Set<(message: WorkerMessage) => void>();
  #last: WorkerMessage | undefined;
  #hung = false;

  constructor(program: string, plan: Plan, { longest = LONGEST, flags = [] }: ProcessOptions = {}) {
    this.#child = fork(program, [], {
      // A group of its own: a Ctrl-C in the terminal is for the parent, which ends this one.
      detached: true,
      execArgv: [...flags],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    alive.add(this.#child);
    let errors = '';
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      errors = `${errors}${chunk}`.slice(-2_000);
    });
    this.#child.on('message', (message: WorkerMessage) => this.#receive(message));
    this.#child.on('error', () => {});
    this.#tell({ type: 'run', plan });
    this.ended = new Promise((resolve) => {
      const watchdog = setTimeout(() => {
        this.#hung = true;
        this.kill();
      }, longest);
      this.#child.on('close', (code, signal) => {
        clearTimeout(watchdog);
        alive.delete(this.#child);
        resolve(this.#endOf(code, signal, errors, longest));
      });
    });
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** It waits at the place where its fault holds it. */
  goOn(): void {
    this.#tell({ type: 'goOn' });
  }

  /** With a last checkpoint. */
  stop(): void {
    this.#tell({ type: 'stop' });
  }

  get isOver(): boolean {
    return !alive.has(this.#child);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  listen(listener: (message: WorkerMessage) => void): void {
    this.#listeners.add(listener);
  }

  /** False when it ended before. */
  until(isIt: (message: WorkerMessage) => boolean): Promise<boolean> {
    const seen = new Promise<boolean>((resolve) => {
      const listener = (message: WorkerMessage): void => {
        if (!isIt(message)) return;
        this.#listeners.delete(listener);
        resolve(true);
      };
      this.#listeners.add(listener);
    });
    return Promise.race([seen, this.ended.then(() => false)]);
  }

  #tell(message: ParentMessage<Plan>): void {
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #receive(message: WorkerMessage): void {
    this.#last = message;
    if (message.type === 'read') this.read = message.count;
    if (message.type === 'struck') this.struck.push(message.what);
    if (message.type === 'restarting') this.restarts.push(message.codes);
    for (const listener of this.#listeners) listener(message);
  }

  #endOf(code: number | null, signal: NodeJS.Signals | null, errors: string, longest: number): End {
    const last = this.#last;
    if (this.#hung)
      return { how: 'hung', codes: [], text: `no end within ${longest} ms, the last message was ${last?.type}` };
    if (signal === 'SIGKILL') return { how: 'killed', codes: [], text: 'SIGKILL' };
    if (code === 0 && last?.type === 'finished') return { how: 'finished', codes: [], text: '' };
    if (last?.type === 'failed') return { how: 'failed', codes: last.codes, text: last.text };
    return { how: 'broken', codes: [], text: `exit ${code ?? signal}: ${errors}` };
  }
}
