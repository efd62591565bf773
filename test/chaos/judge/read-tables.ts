import type pg from 'pg';
import type { Written } from './compare.js';

export async function readTables(client: pg.Client, schema: string): Promise<Written> {
  const running = await client.query<Written['running'][number]>(
    `SELECT id::float8, account, nth::float8, total::float8 FROM ${schema}.running`,
  );
  const windows = await client.query<Written['windows'][number]>(
    `SELECT account, extract(epoch FROM start)::float8 * 1000 AS start, payments::float8, amount::float8 FROM ${schema}.windows`,
  );
  return { running: running.rows, windows: windows.rows };
}

/** Prepared transactions under this prefix, which nobody else uses. */
export async function preparedUnder(client: pg.Client, prefix: string): Promise<string[]> {
  const { rows } = await client.query<{ gid: string }>(
    'SELECT gid FROM pg_prepared_xacts WHERE database = current_database() AND starts_with(gid, $1) ORDER BY prepared',
    [`${prefix}_`],
  );
  return rows.map(({ gid }) => gid);
}
