import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { answers } from './capabilities.js';
import { copyBinaries, linkLibraries, type PostgresBinaries } from './postgres-binaries.js';
import { canReach, type RunAs, unprivilegedUser } from './unprivileged-user.js';

/** A server of ours; this is what its state file holds. */
export interface PostgresServer {
  readonly url: string;
  readonly pid: number;
  readonly port: number;
  readonly data: string;
  readonly bin: string;
}

export interface ServerOptions {
  /** Where the state file and, when the server's user can reach it, data and log live. */
  readonly folder: string;
  readonly binaries: PostgresBinaries;
  /** Settings of the server, beside the ones that make it private to this machine. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

const defaults = { max_prepared_transactions: 64, max_connections: 200 };
const stateFile = (folder: string) => join(folder, 'postgres.json');

/** The server that was started in this folder, if its process is still there. */
export function runningServer(folder: string): PostgresServer | undefined {
  const server = knownServer(folder);
  return server && isAlive(server) ? server : undefined;
}

function knownServer(folder: string): PostgresServer | undefined {
  if (!existsSync(stateFile(folder))) return undefined;
  return JSON.parse(readFileSync(stateFile(folder), 'utf8')) as PostgresServer;
}

/** A pid alone may since have been given to another program: the server's own pid file must name it as well. */
function isAlive(server: PostgresServer): boolean {
  const pidFile = join(server.data, 'postmaster.pid');
  if (!existsSync(pidFile) || Number(readFileSync(pidFile, 'utf8').split('\n')[0]) !== server.pid) return false;
  return isRunning(server.pid);
}

function ownedFolder(path: string, user: RunAs, mode: number): void {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
  if (user.uid !== undefined) chownSync(path, user.uid, user.gid ?? user.uid);
}

/** Data goes beside the state file, unless the unprivileged user cannot get there. */
function place(folder: string, user: RunAs): string {
  mkdirSync(folder, { recursive: true });
  if (canReach(user, folder)) return folder;
  const elsewhere = mkdtempSync(join(tmpdir(), 'sluice-postgres-'));
  chmodSync(elsewhere, 0o755);
  return elsewhere;
}

async function freePort(preferred = 0): Promise<number> {
  const probe = createServer();
  const bound = await new Promise((settle) => {
    probe.once('error', () => settle(false));
    probe.listen(preferred, '127.0.0.1', () => settle(true));
  });
  if (!bound) return freePort();
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === 'string') throw new Error('No TCP port is free on 127.0.0.1.');
  return address.port;
}

function initialise(bin: string, data: string, password: string, user: RunAs): void {
  const passwordFile = `${data}.password`;
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid ?? user.uid);
  try {
    const args = [
      '-D',
      data,
      '-U',
      'sluice',
      '--pwfile',
      passwordFile,
      '-A',
      'scram-sha-256',
      '-E',
      'UTF8',
      '--locale=C',
    ];
    const made = spawnSync(join(bin, 'initdb'), args, { ...user, cwd: '/', encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/**
 * Starts a server for this folder and answers when it really does; it outlives this process. Data, password and port of an
 * earlier start are used again, so what is in the database is still there under the same URL.
 */
export async function startServer(options: ServerOptions): Promise<PostgresServer> {
  const folder = resolve(options.folder);
  const user = unprivilegedUser();
  const known = knownServer(folder);
  // The state file is written after initdb has succeeded, so a folder without one holds at most half a cluster.
  const reusable = known && existsSync(join(known.data, 'PG_VERSION')) ? known : undefined;
  const home = reusable ? dirname(reusable.data) : place(folder, user);
  let binaries = options.binaries;
  if (!canReach(user, join(binaries.bin, 'postgres')))
    binaries = copyBinaries(binaries, join(home, `${binaries.origin}-binaries`));
  linkLibraries(binaries.root);

  const data = join(home, 'data');
  const password = reusable ? new URL(reusable.url).password : randomBytes(18).toString('base64url');
  if (!reusable) {
    rmSync(data, { recursive: true, force: true });
    ownedFolder(data, user, 0o700);
    initialise(binaries.bin, data, password, user);
  }
  const port = await freePort(reusable?.port);
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port,
    ...defaults,
    ...options.settings,
  };
  const args = ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const url = `postgres://sluice:${password}@127.0.0.1:${port}/postgres`;
  const launch = () => {
    const log = openSync(join(home, 'postgres.log'), 'a');
    const child = spawn(join(binaries.bin, 'postgres'), args, {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.unref();
    const server: PostgresServer = { url, pid: child.pid ?? 0, port, data, bin: binaries.bin };
    writeFileSync(stateFile(folder), `${JSON.stringify(server, undefined, 2)}\n`, { mode: 0o600 });
    return { child, server };
  };
  let launched = launch();
  for (let attempt = 0; !(await answers(url)); attempt++) {
    if (attempt > 300) throw new Error(`PostgreSQL did not start; its log is ${join(home, 'postgres.log')}`);
    await sleep(100);
    // After a SIGKILL the sessions of the old server keep its shared memory for a moment, and a new one refuses to start.
    if (launched.child.exitCode !== null && attempt % 10 === 9) launched = launch();
  }
  return launched.server;
}

/** `'fast'` ends sessions and writes a checkpoint; `'kill'` is SIGKILL, for tests of what survives. */
export async function stopServer(server: PostgresServer, how: 'fast' | 'kill' = 'fast'): Promise<void> {
  if (!isAlive(server)) return;
  process.kill(server.pid, how === 'fast' ? 'SIGINT' : 'SIGKILL');
  for (let waited = 0; isRunning(server.pid); waited += 20) {
    if (waited > 30_000) throw new Error(`PostgreSQL (pid ${server.pid}) did not stop within 30 s.`);
    await sleep(20);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A child of this process that nobody has reaped yet still has its pid.
  const stat = `/proc/${pid}/stat`;
  return !existsSync(stat) || !/\) Z /.test(readFileSync(stat, 'utf8'));
}

/** Stops the server of this folder and deletes everything that was made for it. */
export async function removeServer(folder: string): Promise<void> {
  const known = knownServer(resolve(folder));
  if (!known) return;
  await stopServer(known);
  rmSync(dirname(known.data), { recursive: true, force: true });
  rmSync(resolve(folder), { recursive: true, force: true });
}
