import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { kill } from '../process/end.js';
import { markOf, type ProcessMark } from '../process/identity.js';
import type { ServerCommand, ServerSite, Service } from '../service.js';
import { lastLines, logOf } from './log.js';

/** Milliseconds until a server has to answer, on a machine that is busy with other things. */
const TO_ANSWER = 120_000;

/** Starts the command and resolves once the server can do what `probe` asks; `started` is told of the process at once. */
export async function launch(
  service: Service,
  site: ServerSite,
  command: ServerCommand,
  probe: (endpoint: string) => Promise<void>,
  started: (mark: ProcessMark) => void,
): Promise<ProcessMark> {
  const patience = Date.now() + (command.patience ?? 0);
  for (;;) {
    const { child, mark } = spawnServer(site, command, started);
    const alive = () => child.exitCode === null && child.signalCode === null;
    const problem = mark === undefined ? `${command.program} cannot be run` : await untilAnswers(alive, command, probe);
    if (mark !== undefined && problem === undefined) return mark;
    if (mark !== undefined) await kill(mark);
    if (Date.now() >= patience) {
      throw new Error(
        `${service.title} did not start (${problem}; ${site.home}). The last lines of its log:\n${await lastLines(site.home)}`,
      );
    }
    await sleep(200);
  }
}

/** Answers what was wrong when time is over or the process has ended, and nothing when all is well. */
async function untilAnswers(
  alive: () => boolean,
  { endpoint }: ServerCommand,
  probe: (endpoint: string) => Promise<void>,
): Promise<string | undefined> {
  const deadline = Date.now() + TO_ANSWER;
  let problem = '';
  while (Date.now() < deadline) {
    if (!alive()) return 'its process has ended';
    try {
      await probe(endpoint);
      return undefined;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    await sleep(100);
  }
  return `after ${TO_ANSWER / 1_000} s: ${problem}`;
}

/** In a group of its own, so that a Ctrl-C in the terminal does not reach it; it outlives this process. */
function spawnServer(
  { home, account }: ServerSite,
  { program, parameters, env }: ServerCommand,
  started: (mark: ProcessMark) => void,
): { child: ChildProcess; mark: ProcessMark | undefined } {
  const log = openSync(logOf(home), 'a', 0o644);
  try {
    const child = spawn(program, parameters, {
      ...account,
      cwd: '/',
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    // A program that cannot be run has no pid, which tells enough.
    child.on('error', () => undefined);
    child.unref();
    const mark = child.pid === undefined ? undefined : markOf(child.pid);
    if (mark) started(mark);
    return { child, mark };
  } finally {
    closeSync(log);
  }
}
