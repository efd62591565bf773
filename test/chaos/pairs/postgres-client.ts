import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const ATTEMPTS = 20;

/** A server that has just been started may not answer yet. */
export async function withPostgres<R>(url: string, use: (client: pg.Client) => Promise<R>): Promise<R> {
  const client = await connected(url);
  try {
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function connected(url: string): Promise<pg.Client> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (attempt === ATTEMPTS) throw error;
      await sleep(250);
    }
  }
}
