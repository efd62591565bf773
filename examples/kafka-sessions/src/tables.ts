import type pg from 'pg';

/**
 * A session fires when its time is over, and again, larger, when a view comes within the allowed lateness. The job only inserts, without any
 * unique key, so that a row written twice would be seen; the view `sessions` shows of each session the last firing, which contains those before.
 */
const tables = (schema: string) => `
  CREATE SCHEMA IF NOT EXISTS ${schema};
  CREATE TABLE IF NOT EXISTS ${schema}.firings (
    visitor text NOT NULL, began timestamptz NOT NULL, ended timestamptz NOT NULL, views integer NOT NULL, pages integer NOT NULL
  );
  CREATE INDEX IF NOT EXISTS firings_of_visitor ON ${schema}.firings (visitor);
  CREATE TABLE IF NOT EXISTS ${schema}.late_views (visitor text NOT NULL, page text NOT NULL, at timestamptz NOT NULL);
  CREATE OR REPLACE VIEW ${schema}.sessions AS
    SELECT * FROM ${schema}.firings f WHERE NOT EXISTS (
      SELECT FROM ${schema}.firings later
      WHERE later.visitor = f.visitor AND later.began <= f.began AND later.ended >= f.ended AND later.views > f.views
    );`;

/** Job, checkpoints and results share one schema: dropped together, they are anew together. */
export async function prepareTables(client: pg.Client, name: string, fresh: boolean): Promise<void> {
  const schema = client.escapeIdentifier(name);
  await client.query(`${fresh ? `DROP SCHEMA IF EXISTS ${schema} CASCADE;` : ''} ${tables(schema)}`);
}

export async function resultLines(client: pg.Client, name: string): Promise<readonly string[]> {
  const schema = client.escapeIdentifier(name);
  const { rows } = await client.query(`
    SELECT (SELECT count(*) FROM ${schema}.sessions) AS sessions, (SELECT count(*) FROM ${schema}.firings) AS firings,
      (SELECT coalesce(sum(views), 0) FROM ${schema}.sessions) AS views, (SELECT count(*) FROM ${schema}.late_views) AS late`);
  const longest = await client.query(`
    SELECT visitor, to_char(began AT TIME ZONE 'UTC', 'HH24:MI') AS began, views, pages,
      round(extract(epoch FROM ended - began) / 60 - 5) AS minutes
    FROM ${schema}.sessions ORDER BY views DESC, visitor LIMIT 5`);
  return [
    `${rows[0].sessions} sessions of ${rows[0].views} views, which fired ${rows[0].firings} times; ${rows[0].late} views were too late.`,
    'The longest:',
    ...longest.rows.map(
      (row) => `  ${row.visitor} from ${row.began}: ${row.views} views of ${row.pages} pages in ${row.minutes} minutes`,
    ),
  ];
}
