import pg from 'pg';

/** What a server that is there can do. */
export interface PostgresCapabilities {
  readonly version: string;
  readonly maxPreparedTransactions: number;
}

/** Throws when nothing that speaks Postgres answers there. */
export async function capabilities(url: string): Promise<PostgresCapabilities> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ version: string; slots: string }>(
      `SELECT current_setting('server_version') AS version, current_setting('max_prepared_transactions') AS slots`,
    );
    return { version: rows[0]?.version ?? '', maxPreparedTransactions: Number(rows[0]?.slots) };
  } finally {
    await client.end();
  }
}
