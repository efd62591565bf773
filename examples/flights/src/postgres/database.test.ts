import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnServer, provision } from '@sluice/services';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from './database.js';

let folder: string;
let server: OwnServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-database-'));
  server = await provision('postgres', {
    folder: join(folder, 'postgres'),
    settings: { max_prepared_transactions: 0 },
  });
}, 60_000);

afterAll(async () => {
  await server.remove();
  await rm(folder, { recursive: true, force: true });
});

describe('openDatabase with a DATABASE_URL (real server)', () => {
  it('says what to do when the server has no prepared transactions', async () => {
    const refused = openDatabase(server.endpoint, folder);
    await expect(refused).rejects.toThrow('max_prepared_transactions = 0');
    await expect(refused).rejects.toThrow('ALTER SYSTEM SET max_prepared_transactions');
  });

  it('says what to do when there is no server, and does not show the password', async () => {
    const url = new URL(server.endpoint);
    url.port = '1';
    const refused = openDatabase(url.href, folder);
    await expect(refused).rejects.toThrow('DATABASE_URL does not answer');
    await expect(refused).rejects.not.toThrow(url.password);
  });
});
