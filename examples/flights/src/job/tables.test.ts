import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OwnServer, provision } from '@sluice/services';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readJobTables } from '../verify/job-tables.js';
import { countFirings, createTables, dropTables } from './tables.js';

let folder: string;
let server: OwnServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-tables-'));
  server = await provision('postgres', {
    folder: join(folder, 'postgres'),
    settings: { max_prepared_transactions: 4 },
  });
}, 60_000);

afterAll(async () => {
  await server.remove();
  await rm(folder, { recursive: true, force: true });
});

async function execute(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: server.endpoint });
  await client.connect();
  await client.query(sql);
  await client.end();
}

it('makes tables that the verification reads as they were written, every time empty (real server)', async () => {
  await createTables(server.endpoint, 'a "schema"');
  expect(await readJobTables(server.endpoint, 'a "schema"')).toEqual({ departures: [], alerts: [], late: [] });
  expect(await countFirings(server.endpoint, 'a "schema"')).toBe(0);

  await execute(`
    SET search_path = "a ""schema""";
    INSERT INTO departures VALUES ('ATL', '2001-01-01T05:00:00.000Z', 3, 1, 0.1::float8 + 0.2::float8, 20, 21);
    INSERT INTO firings VALUES ('ATL', 2), ('LAX', 3);
    INSERT INTO alerts VALUES (7, 'ATL', 'SFO', '2001-06-30T23:59:00.000Z', 181), (7, 'ATL', 'SFO', '2001-06-30T23:59:00.000Z', 181);
    INSERT INTO late_flights VALUES (8, 'ATL', 'SFO', '1969-12-31T23:00:00.000Z', -5);
  `);
  const alert = { id: 7, airport: 'ATL', destination: 'SFO', scheduled: Date.UTC(2001, 5, 30, 23, 59), delay: 181 };
  expect(await readJobTables(server.endpoint, 'a "schema"')).toEqual({
    departures: [
      { airport: 'ATL', hour: Date.UTC(2001, 0, 1, 5), flights: 3, delayed: 1, mean: 0.1 + 0.2, p95: 20, worst: 21 },
    ],
    alerts: [alert, alert],
    late: [{ id: 8, airport: 'ATL', destination: 'SFO', scheduled: -3_600_000, delay: -5 }],
  });
  expect(await countFirings(server.endpoint, 'a "schema"')).toBe(5);

  await createTables(server.endpoint, 'a "schema"');
  expect((await readJobTables(server.endpoint, 'a "schema"')).departures).toEqual([]);
  await dropTables(server.endpoint, 'a "schema"');
  await expect(readJobTables(server.endpoint, 'a "schema"')).rejects.toThrow('does not exist');
});

it('drops them although a killed job left a prepared transaction in them, and leaves those of others alone (real server)', async () => {
  await createTables(server.endpoint, 'left');
  await execute("BEGIN; INSERT INTO \"left\".firings VALUES ('ATL', 1); PREPARE TRANSACTION 'sluice-flights_0_1_0_1'");
  await execute("BEGIN; SELECT 1; PREPARE TRANSACTION 'somebody else'");
  await dropTables(server.endpoint, 'left');
  await expect(readJobTables(server.endpoint, 'left')).rejects.toThrow('does not exist');
  await execute("ROLLBACK PREPARED 'somebody else'");
});
