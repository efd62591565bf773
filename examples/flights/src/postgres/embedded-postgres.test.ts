import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { findEmbeddedPostgres, removeEmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';

const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) {
    await removeEmbeddedPostgres(join(folder, 'postgres'));
    await rm(folder, { recursive: true, force: true });
  }
});

/** `mkdtemp` makes it 0700: when root runs the tests, the server's account cannot enter it. */
async function privateFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-embedded-'));
  folders.push(folder);
  return join(folder, 'postgres');
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const result = await client.query({ text: sql, rowMode: 'array' });
    return result.rows[0]?.[0];
  } finally {
    await client.end();
  }
}

describe('startEmbeddedPostgres (real server)', () => {
  it('starts in a folder that only its owner may enter, keeps data and URL over a restart and a kill -9, and answers a running one', async () => {
    const directory = await privateFolder();
    const settings = { max_prepared_transactions: 16 };
    const first = await startEmbeddedPostgres({ directory, settings });
    expect(await ask(first.url, 'SHOW max_prepared_transactions')).toBe('16');
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS n');

    const same = await startEmbeddedPostgres({ directory });
    expect(same).toMatchObject({ url: first.url, pid: first.pid });
    await same.stop();
    await expect(ask(first.url, 'SELECT 1')).rejects.toThrow();

    expect(await findEmbeddedPostgres(directory)).toBeUndefined();

    const second = await startEmbeddedPostgres({ directory, settings });
    expect(second.url).toBe(first.url);
    expect(await ask(second.url, 'SELECT n FROM kept')).toBe(42);
    process.kill(second.pid, 'SIGKILL');

    const third = await startEmbeddedPostgres({ directory, settings });
    expect(third.url).toBe(first.url);
    expect(third.pid).not.toBe(second.pid);
    expect(await ask(third.url, 'SELECT n FROM kept')).toBe(42);
    await third.stop();
  }, 60_000);
});
