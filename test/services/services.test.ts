import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { answers } from '../../examples/flights/src/postgres/answers.js';
import { capabilities } from './capabilities.js';
import { provisionPostgres, removeServer, runningServer, stopServer } from './embedded-postgres.js';
import { exclusive } from './exclusive.js';
import { ownServerFolder, removeOwnServers } from './own-servers.js';
import { systemPrograms } from './system-programs.js';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const folders: string[] = [];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'sluice-services-'));
  folders.push(made);
  return made;
}

afterEach(async () => {
  for (const made of folders.splice(0)) {
    await removeServer(join(made, 'postgres'));
    rmSync(made, { recursive: true, force: true });
  }
});

for (const prefer of ['system', 'embedded'] as const) {
  const missing = prefer === 'system' && systemPrograms() === undefined;
  describe.skipIf(missing)(`a provisioned server, ${prefer} binaries`, { timeout: 60_000 }, () => {
    it('starts under a folder that only its owner may enter, keeps its data, and stops', async () => {
      const checkout = folder();
      chmodSync(checkout, 0o700);
      const options = { folder: join(checkout, 'postgres'), prefer };
      const first = await provisionPostgres(options);
      expect(await provisionPostgres(options)).toMatchObject({ url: first.url, pid: first.pid });
      expect(await runningServer(options.folder)).toMatchObject({ url: first.url, pid: first.pid });
      expect((await capabilities(first.url)).maxPreparedTransactions).toBe(64);
      expect(statSync(join(dirname(first.dataDirectory), 'postgres.json')).mode & 0o077).toBe(0);
      await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS n');

      await stopServer(first);
      expect(await runningServer(options.folder)).toBeUndefined();
      expect(await answers(first.url)).toBe(false);
      const second = await provisionPostgres(options);
      expect(second.url).toBe(first.url);
      await stopServer(second, 'kill');
      const third = await provisionPostgres(options);
      expect(await query(third.url, 'SELECT n FROM kept')).toEqual([{ n: 1 }]);
      await removeServer(options.folder);
      expect(await answers(third.url)).toBe(false);
    });
  });
}

describe('npm run services', () => {
  const services = (args: readonly string[], env: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['--import', 'tsx', main, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...env },
    });

  it('says that DATABASE_URL is dead, without its password', () => {
    const ran = services(['up'], { DATABASE_URL: 'postgres://me:very-secret@127.0.0.1:1/db' });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('DATABASE_URL is set, but no PostgreSQL answers there (ECONNREFUSED)');
    expect(ran.stdout + ran.stderr).not.toContain('secret');
    expect(services(['status'], { DATABASE_URL: 'postgres://127.0.0.1:1/db' }).status).toBe(1);
  });

  it('knows its commands', () => {
    const ran = services(['constructor'], {});
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('up, down, status');
  });
});

describe('servers of single suites', () => {
  it('go with the run of tests that they belong to, or with the next if that one was killed', async () => {
    const ended = spawnSync('true').pid;
    const [left, used] = [ownServerFolder(ended), ownServerFolder(process.ppid)];
    folders.push(used);
    const server = await provisionPostgres({ folder: left });
    await removeOwnServers(process.pid);
    expect(await answers(server.url)).toBe(false);
    expect([existsSync(left), existsSync(used)]).toEqual([false, true]);
  }, 60_000);
});

describe('exclusive', () => {
  it('lets one in at a time, and takes the place of the dead', async () => {
    const lock = join(folder(), 'lock');
    writeFileSync(lock, String(spawnSync('true').pid));
    let inside = 0;
    const visits = Array.from({ length: 5 }, () =>
      exclusive(lock, async () => {
        expect(++inside).toBe(1);
        await new Promise((done) => setTimeout(done, 5));
        inside--;
      }),
    );
    await Promise.all(visits);
  });
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}
