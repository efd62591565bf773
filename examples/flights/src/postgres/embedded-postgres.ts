import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { type Account, runAs, serverAccount } from './account.js';
import { homesOf, isOurs, reachableHomes } from './home.js';
import { findPrograms, type Programs } from './programs.js';

export interface EmbeddedPostgres {
  /** Of the superuser `postgres`, database `postgres`. */
  readonly url: string;
  readonly pid: number;
  readonly dataDirectory: string;
  /** Ends sessions, stops the server and leaves its data. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** Holds the data, the log and, where needed, a copy of the programs, unless the server's account cannot enter it. */
  readonly directory: string;
  /** Settings of the server, such as `{ max_prepared_transactions: 16 }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
}

/**
 * Starts the Postgres that belongs to `directory`, making its data the first time, or answers the one that runs there already.
 * It outlives this process until `stop` is called, and a Ctrl-C in the terminal does not reach it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const directory = resolve(options.directory);
  const home = (await reachableHomes(directory, account).next()).value;
  if (home === undefined) {
    throw new Error(
      `No folder that the account of Postgres can enter: tried ${homesOf(directory).join(', ')}. Set DATABASE_URL.`,
    );
  }
  const dataDirectory = join(home, 'data');
  const running = await findRunning(home, dataDirectory);
  if (running !== undefined) return running;
  const programs = await findPrograms(reachableHomes(directory, account), account);
  const password = await initialise(programs, account, home, dataDirectory);
  return launch(programs, account, home, dataDirectory, password, options.settings ?? {});
}

/** Removes what `startEmbeddedPostgres` keeps for `directory`, wherever that is; the server must have been stopped. */
export async function removeEmbeddedPostgres(directory: string): Promise<void> {
  for (const home of homesOf(resolve(directory))) if (await isOurs(home)) await rm(home, { recursive: true });
}

async function findRunning(home: string, dataDirectory: string): Promise<EmbeddedPostgres | undefined> {
  const lines = (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  const port = Number(lines[3]);
  if (!(pid > 0 && port > 0)) return undefined;
  const url = urlOf(port, await readFile(join(home, 'password'), 'utf8').catch(() => ''));
  if (!(await answers(url))) return undefined;
  return { url, pid, dataDirectory, stop: () => stopProcess(pid) };
}

async function initialise(programs: Programs, account: Account, home: string, dataDirectory: string): Promise<string> {
  const passwordFile = join(home, 'password');
  const made = await readFile(join(dataDirectory, 'initialised'), 'utf8').catch(() => undefined);
  if (made !== undefined) return readFile(passwordFile, 'utf8');
  await rm(dataDirectory, { recursive: true, force: true });
  await mkdir(dataDirectory, { mode: 0o700 });
  const password = randomBytes(12).toString('hex');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(dataDirectory, account.uid, account.gid);
    await chown(passwordFile, account.uid, account.gid);
  }
  const init = runAs(account, programs.initdb, [
    ...['-D', dataDirectory, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
    ...['--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'],
  ]);
  if (!init.ok) throw new Error(`initdb failed: ${init.output.trim()}`);
  // Written last: a data folder without it was interrupted half-made, and is made again.
  await writeFile(join(dataDirectory, 'initialised'), '');
  return password;
}

async function launch(
  programs: Programs,
  account: Account,
  home: string,
  dataDirectory: string,
  password: string,
  settings: Readonly<Record<string, string | number>>,
): Promise<EmbeddedPostgres> {
  const port = await freePort();
  const logFile = join(home, 'postgres.log');
  const log = await open(logFile, 'w', 0o644);
  const flags = Object.entries({ listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings });
  const server = spawn(
    programs.postgres,
    ['-D', dataDirectory, '-p', String(port), ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...account, cwd: '/', detached: true, stdio: ['ignore', log.fd, log.fd] },
  );
  server.unref();
  const failed = new Promise<never>((_, reject) => {
    server.once('error', reject);
    server.once('exit', () => reject(new Error('it ended at once')));
  });
  failed.catch(() => undefined);
  await log.close();
  const url = urlOf(port, password);
  try {
    await Promise.race([failed, untilItAnswers(url)]);
  } catch (cause) {
    if (server.pid !== undefined) await stopProcess(server.pid, server);
    const said = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join('\n');
    throw new Error(`Postgres did not start (data in ${dataDirectory}):\n${said}`, { cause });
  }
  const pid = server.pid as number;
  return { url, pid, dataDirectory, stop: () => stopProcess(pid, server) };
}

function urlOf(port: number, password: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}

async function untilItAnswers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await answers(url))) {
    if (Date.now() > deadline) throw new Error('no answer within 60 s');
    await sleep(50);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}

/** SIGINT is Postgres' fast shutdown: it ends the sessions and writes a checkpoint. */
async function stopProcess(pid: number, server?: ChildProcess): Promise<void> {
  const deadline = Date.now() + 30_000;
  signal(pid, 'SIGINT');
  while (server === undefined ? signal(pid, 0) : server.exitCode === null && server.signalCode === null) {
    if (Date.now() > deadline) {
      signal(pid, 'SIGQUIT');
      return;
    }
    await sleep(20);
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
