import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FlightJobOptions } from '../job/flight-job.js';
import type { JobMessage, StopMessage } from '../job/messages.js';
import type { Kill } from './kill-plan.js';
import { readHistory } from './read-history.js';
import { runConfig } from './workspace.js';

/** How long a process may take to end after its job has, ms. */
const patience = 2_000;

/** A run of fewer events is over before it has taken a checkpoint, or before a signal reaches it. */
const short = 1_500_000;

/** How far the run is; the same object all the time. */
export interface RunStatus {
  events: number;
  /** Epoch ms. */
  watermark: number | undefined;
  checkpoints: number;
  kills: number;
}

export interface SupervisorOptions {
  readonly job: FlightJobOptions;
  /** In all files together. */
  readonly events: number;
  readonly kills: readonly Kill[];
  /** Aborted: the job is asked to stop, so that it can be resumed. */
  readonly signal: AbortSignal;
  onStatus(status: Readonly<RunStatus>): void;
  onNote(text: string): void;
}

export interface RunOutcome {
  readonly status: 'finished' | 'interrupted';
  readonly kills: number;
  /** From the first `started` to `finished`, the time in which nothing ran after a kill included. */
  readonly seconds: number;
}

/** Runs the job in a process of its own, kills that as planned, and starts it again until it has finished. */
export async function supervise(options: SupervisorOptions): Promise<RunOutcome> {
  const status: RunStatus = { events: 0, watermark: undefined, checkpoints: 0, kills: 0 };
  /** Events that a checkpoint covers: where a process that is restored from it goes on. */
  const readAt = new Map<number, number>();
  let firstStart: number | undefined;
  for (;;) {
    const end = await runOnce(options, status, readAt, (at) => {
      firstStart ??= at;
    });
    if (end.finishedAt !== undefined) {
      return {
        status: 'finished',
        kills: status.kills,
        seconds: (end.finishedAt - (firstStart ?? end.finishedAt)) / 1000,
      };
    }
    if (options.signal.aborted) return { status: 'interrupted', kills: status.kills, seconds: 0 };
    if (!end.killed) throw new Error(end.failure ?? `The job's process ended by itself (${end.exit}).`);
    status.kills++;
    options.onStatus(status);
  }
}

interface End {
  readonly killed: boolean;
  readonly finishedAt: number | undefined;
  readonly failure: string | undefined;
  readonly exit: string;
}

function runOnce(
  options: SupervisorOptions,
  status: RunStatus,
  readAt: Map<number, number>,
  onStart: (at: number) => void,
): Promise<End> {
  const kill = options.kills[status.kills];
  const interval = options.job.checkpointInterval;
  const delay = (kill?.delay ?? 0) * interval;
  const history = readHistory();
  let base = 0;
  let finishedAt: number | undefined;
  let failure: string | undefined;
  let killed = false;
  let lastCheckpoint = Date.now();
  let timer: NodeJS.Timeout | undefined;
  const killAfter =
    kill === undefined || options.events >= short
      ? undefined
      : Math.max(1, Math.floor(kill.from * 0.5 * options.events));
  const child = startProcess(options.job, killAfter);

  const killIn = (ms: number): void => {
    timer ??= setTimeout(() => {
      killed = child.kill('SIGKILL');
    }, ms);
  };
  const stop = (): void => {
    const message: StopMessage = 'stop';
    if (child.connected) child.send(message);
    else child.kill('SIGKILL');
  };
  const onMessage = (message: JobMessage): void => {
    const due = kill !== undefined && status.events >= kill.from * options.events;
    switch (message.type) {
      case 'started':
        base = readAt.get(message.restoredFrom ?? -1) ?? 0;
        history.add(Date.now(), base);
        onStart(message.at);
        break;
      case 'read':
        status.events = Math.min(options.events, base + message.read);
        history.add(Date.now(), status.events);
        if (due && kill.moment === 'anywhere') killIn(delay);
        if (due && kill.moment === 'duringCheckpoint') {
          killIn(Math.max(0, lastCheckpoint + interval - Date.now()) + delay);
        }
        break;
      case 'progress':
        status.watermark = message.watermark ?? status.watermark;
        // Restored from a checkpoint of which nothing was heard, because the kill came first.
        if (
          message.fraction !== null &&
          Math.abs(message.fraction * options.events - status.events) > options.events / 20
        ) {
          base = Math.max(0, Math.round(message.fraction * options.events) - (status.events - base));
        }
        break;
      case 'checkpoint':
        lastCheckpoint = Date.now();
        status.checkpoints++;
        // What it holds is what had been read when it began.
        readAt.set(message.checkpoint, history.eventsAt(lastCheckpoint - message.durationMs));
        if (due && kill.moment === 'afterCheckpoint') killIn(delay);
        break;
      case 'warning':
        options.onNote(message.text);
        break;
      case 'failed':
        failure = message.text;
        break;
      case 'finished':
        if (message.status === 'finished') finishedAt = message.at;
        clearTimeout(timer);
        timer = setTimeout(() => {
          options.onNote('The job has finished, but its process did not end by itself.');
          child.kill('SIGKILL');
        }, patience);
        break;
    }
    options.onStatus(status);
  };

  return new Promise<End>((resolve, reject) => {
    child.on('message', onMessage);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', stop);
      // An exit code that is not 0 after `finished` would be a job that failed while it was closing.
      if (code !== null && code !== 0) finishedAt = undefined;
      resolve({
        killed: (killed || killAfter !== undefined) && finishedAt === undefined && signal === 'SIGKILL',
        finishedAt,
        failure,
        exit: signal ?? `exit code ${code}`,
      });
    });
    options.signal.addEventListener('abort', stop);
    if (options.signal.aborted) stop();
  });
}

function startProcess(job: FlightJobOptions, killAfter: number | undefined): ChildProcess {
  return fork(
    fileURLToPath(new URL('../job/main.ts', import.meta.url)),
    [JSON.stringify(job), ...(killAfter === undefined ? [] : [`${killAfter}`])],
    {
      // A session of its own: a Ctrl-C in the terminal is for the demo, which tells the job.
      detached: true,
      execArgv: ['--import', 'tsx'],
      env: { ...process.env, TSX_TSCONFIG_PATH: process.env.TSX_TSCONFIG_PATH ?? runConfig },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    },
  );
}
