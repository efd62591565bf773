import { structuredCodec } from '@sluice/connector-sdk';
import pg from 'pg';
import { decodeManifest } from '../../../packages/core/src/checkpoint/manifest.js';
import type { KillPlan } from './kill-point.js';

interface Entry {
  readonly id: number;
  readonly account: number;
  readonly nth: number;
  readonly total: number;
}

/**
 * Everything that is wrong with what is in the database now, read in one snapshot: the rows that were published together have to be
 * those of the newest checkpoint's position, no fewer and no more, each with what follows from the input.
 */
export async function judge({ url, schema, job, count }: KillPlan, finished: boolean): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const read = async (table: string): Promise<Entry[]> =>
      (
        await client.query<Entry>(
          `SELECT id::int, account::int, nth::int, total::int FROM ${schema}.${table} ORDER BY id`,
        )
      ).rows;
    const [entries, totals, prepared] = [await read('entries'), await read('totals'), await read('prepared')];
    const position = await publishedPosition(client, schema, job);
    const left = await client.query('SELECT FROM pg_prepared_xacts WHERE starts_with(gid, $1)', [
      `${schema.replace('_', '-')}_`,
    ]);
    const wrong: string[] = [];
    const until = finished ? count : position;
    if (position !== until) wrong.push(`the newest checkpoint is at ${position} instead of ${until}`);
    const expected = entriesOf(until);
    compare('entries', entries, expected, wrong);
    compare('totals', totals, lastOfEach(expected), wrong);
    // These become visible afterwards, in whole epochs and in order.
    compare('prepared', prepared, finished ? expected : entriesOf(Math.min(prepared.length, until)), wrong);
    if (finished && left.rowCount !== 0) wrong.push(`${left.rowCount} prepared transactions are left`);
    return wrong;
  } finally {
    await client.end();
  }
}

async function publishedPosition(client: pg.Client, schema: string, job: string): Promise<number> {
  const there = await client.query(`SELECT to_regclass($1) AS name`, [`${schema}.sluice_checkpoint_manifests`]);
  if (there.rows[0]?.name === null) return 0;
  const { rows } = await client.query<{ bytes: Buffer }>(
    `SELECT bytes FROM ${schema}.sluice_checkpoint_manifests WHERE job = $1 ORDER BY checkpoint DESC LIMIT 1`,
    [job],
  );
  if (rows[0] === undefined) return 0;
  const [splits] = [...decodeManifest(rows[0].bytes).sources.values()];
  const position = splits?.[0]?.position;
  return position === undefined ? 0 : structuredCodec<number>().decode(position.version, position.bytes);
}

/** Written down once more, with no code of the engine in it. */
function entriesOf(count: number): Entry[] {
  const state = new Map<number, { nth: number; total: number }>();
  return Array.from({ length: count }, (_, id) => {
    const account = id % 7;
    const before = state.get(account) ?? { nth: 0, total: 0 };
    const now = { nth: before.nth + 1, total: before.total + id };
    state.set(account, now);
    return { id, account, ...now };
  });
}

function lastOfEach(entries: readonly Entry[]): Entry[] {
  return [...new Map(entries.map((entry) => [entry.account, entry])).values()].sort((a, b) => a.id - b.id);
}

function compare(table: string, found: readonly Entry[], expected: readonly Entry[], wrong: string[]): void {
  if (found.length !== expected.length) wrong.push(`${table} has ${found.length} rows instead of ${expected.length}`);
  const at = expected.findIndex((entry, i) => JSON.stringify(found[i]) !== JSON.stringify(entry));
  if (at >= 0)
    wrong.push(`${table}: row ${at} is ${JSON.stringify(found[at])} instead of ${JSON.stringify(expected[at])}`);
}
