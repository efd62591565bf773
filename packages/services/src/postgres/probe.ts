import pg from 'pg';

export async function probePostgres(endpoint: string): Promise<void> {
  if ((await slots(endpoint)) > 0) return;
  throw new Error(
    'the PostgreSQL there has max_prepared_transactions = 0, and two-phase commit needs more: ' +
      'run "ALTER SYSTEM SET max_prepared_transactions = 64" as a superuser and restart it',
  );
}

export async function askPostgres(endpoint: string): Promise<void> {
  await slots(endpoint);
}

async function slots(endpoint: string): Promise<number> {
  const client = new pg.Client({ connectionString: endpoint, connectionTimeoutMillis: 5_000, query_timeout: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ max_prepared_transactions: string }>('SHOW max_prepared_transactions');
    return Number(rows[0]?.max_prepared_transactions);
  } catch (cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    throw new Error(`no PostgreSQL answers there (${code ?? name})`, { cause });
  } finally {
    await client.end().catch(() => undefined);
  }
}
