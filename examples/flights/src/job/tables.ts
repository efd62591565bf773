import pg from 'pg';

/** Begins the names of the job's prepared transactions, so that others are left alone. */
export const transactionPrefix = 'sluice-flights';

/**
 * Makes the schema with the job's tables, empty. Alerts and late flights have no unique key on purpose: it would hide a row written twice
 * behind an error, and here it is to be seen.
 */
export async function createTables(connectionString: string, schema: string): Promise<void> {
  await dropTables(connectionString, schema);
  await withSchema(
    connectionString,
    schema,
    (name) => `
      CREATE SCHEMA ${name};
      CREATE TABLE ${name}.departures (
        airport text COLLATE "C", hour timestamp, flights integer NOT NULL, delayed integer NOT NULL, mean double precision NOT NULL,
        p95 integer NOT NULL, worst integer NOT NULL, PRIMARY KEY (airport, hour)
      );
      CREATE TABLE ${name}.firings (airport text COLLATE "C" PRIMARY KEY, firings bigint NOT NULL);
      CREATE TABLE ${name}.alerts (
        id integer NOT NULL, airport text NOT NULL, destination text NOT NULL, scheduled timestamp NOT NULL, delay integer NOT NULL
      );
      CREATE TABLE ${name}.late_flights (LIKE ${name}.alerts INCLUDING ALL);`,
  );
}

/** Drops the schema. A job that was killed and never started again may have left prepared transactions, which lock its tables for ever. */
export async function dropTables(connectionString: string, schema: string): Promise<void> {
  await rollBackPrepared(connectionString);
  await withSchema(connectionString, schema, (name) => `DROP SCHEMA IF EXISTS ${name} CASCADE`);
}

/** How often windows fired in all, each at its end and again for each flight that came within the allowed lateness. */
export async function countFirings(connectionString: string, schema: string): Promise<number> {
  const result = await withSchema(
    connectionString,
    schema,
    (name) => `SELECT sum(firings)::float8 AS n FROM ${name}.firings`,
  );
  return Number(result.rows[0]?.n ?? 0);
}

async function rollBackPrepared(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const left = await client.query<{ gid: string }>(
      'SELECT gid FROM pg_prepared_xacts WHERE database = current_database() AND starts_with(gid, $1)',
      [transactionPrefix],
    );
    for (const { gid } of left.rows) await client.query(`ROLLBACK PREPARED ${client.escapeLiteral(gid)}`);
  } finally {
    await client.end();
  }
}

async function withSchema(
  connectionString: string,
  schema: string,
  sqlOf: (quoted: string) => string,
): Promise<pg.QueryResult<{ readonly n?: unknown }>> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await client.query(sqlOf(client.escapeIdentifier(schema)));
  } finally {
    await client.end();
  }
}
