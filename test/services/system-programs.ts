import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runAs, serverAccount } from '../../examples/flights/src/postgres/account.js';
import type { Programs } from '../../examples/flights/src/postgres/programs.js';

/** The newest PostgreSQL of the machine that the server's account can run. */
export function systemPrograms(): Programs | undefined {
  // Debian keeps the server's programs off the PATH, one folder for each major version.
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const account = serverAccount();
  return folders
    .map((folder) => ({ initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }))
    .find((programs) =>
      Object.values(programs).every((program) => existsSync(program) && runAs(account, program, ['--version']).ok),
    );
}
