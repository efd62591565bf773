import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Account } from '../process/run.js';
import { type Programs, problemOf } from './programs.js';

/** The newest PostgreSQL of the machine that the server's account can run. */
export async function systemPrograms(account: Account): Promise<Programs | undefined> {
  // Debian keeps the server's programs off the PATH, one folder for each major version.
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  for (const folder of folders) {
    const programs = { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
    const there = Object.values(programs).every((program) => existsSync(program));
    if (there && (await problemOf(programs, account)) === undefined) return programs;
  }
  return undefined;
}
