import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../process/run.js';
import { reachableHomes } from '../server/home.js';
import type { ServerCommand, ServerSite, Settings } from '../service.js';
import { npmPrograms } from './npm-programs.js';
import type { Programs } from './programs.js';
import { systemPrograms } from './system-programs.js';

const defaults: Settings = { max_prepared_transactions: 64, max_connections: 300 };

export async function preparePostgres(site: ServerSite): Promise<ServerCommand> {
  const { home, directory, account, ports, settings, before } = site;
  const ofMachine = site.programs === 'system' ? await systemPrograms(account) : undefined;
  const programs = ofMachine ?? (await npmPrograms(reachableHomes(directory, account), account));
  const endpoint = new URL(before ?? (await initialise(programs, site)));
  endpoint.port = String(ports[0]);
  const data = join(home, 'data');
  const parameters = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: Number(ports[0]),
    ...defaults,
    ...settings,
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return {
    endpoint: endpoint.href,
    program: programs.postgres,
    parameters: ['-D', data, ...parameters],
    // After a SIGKILL to it alone, the sessions of the old server keep its shared memory for a moment, and a new one refuses to start.
    patience: existsSync(join(data, 'postmaster.pid')) ? 30_000 : 0,
  };
}

/** Makes the data, again where an interrupted start left it half-made, and answers the URL without the port. */
async function initialise(programs: Programs, { home, account }: ServerSite): Promise<string> {
  const data = join(home, 'data');
  const passwordFile = join(home, 'password');
  const password = randomBytes(12).toString('hex');
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { mode: 0o700 });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account.uid !== undefined && account.gid !== undefined) {
      for (const path of [data, passwordFile]) await chown(path, account.uid, account.gid);
    }
    const parameters = [
      ...['-D', data, '-U', 'postgres', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`],
      ...['--encoding=UTF8', '--locale=C', '--no-sync'],
    ];
    const { ok, output } = await run(programs.initdb, parameters, { account });
    if (!ok) throw new Error(`initdb failed: ${output.trim()}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return `postgres://postgres:${password}@127.0.0.1/postgres`;
}
