import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from './account.js';
import { answersWithin } from './answers.js';
import type { Programs } from './programs.js';
import { stopProcess } from './server-process.js';

/** Starts the programs on the data in `home` and gives the pid once the server answers at `url`. */
export async function launchServer(
  programs: Programs,
  account: Account,
  home: string,
  url: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<number> {
  const dataDirectory = join(home, 'data');
  const parameters = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: new URL(url).port,
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const logFile = join(home, 'postgres.log');
  // After a SIGKILL the sessions of the old server keep its shared memory for a moment, and a new one refuses to start.
  const patience = Date.now() + (existsSync(join(dataDirectory, 'postmaster.pid')) ? 30_000 : 0);
  for (;;) {
    const server = await spawnServer(programs, account, ['-D', dataDirectory, ...parameters], logFile);
    const { pid } = server;
    if (pid !== undefined) {
      const alive = () => server.exitCode === null && server.signalCode === null;
      if (await answersWithin(60_000, url, alive)) return pid;
      await stopProcess(pid);
    }
    if (Date.now() >= patience) {
      const said = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
      throw new Error(`Postgres did not start (data in ${dataDirectory}):\n${said}`);
    }
    await sleep(200);
  }
}

async function spawnServer(
  programs: Programs,
  account: Account,
  parameters: readonly string[],
  logFile: string,
): Promise<ChildProcess> {
  const log = await open(logFile, 'w', 0o644);
  try {
    const server = spawn(programs.postgres, parameters, {
      ...account,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    });
    // A program that cannot be run has no pid, which tells enough.
    server.on('error', () => undefined);
    server.unref();
    return server;
  } finally {
    await log.close();
  }
}
