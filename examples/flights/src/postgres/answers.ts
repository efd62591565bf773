import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Whether a server takes queries at `url`. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Whether one does within that time, as long as it is alive. */
export async function answersWithin(milliseconds: number, url: string, alive: () => boolean): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (alive() && Date.now() < deadline) {
    if (await answers(url)) return true;
    await sleep(50);
  }
  return false;
}
