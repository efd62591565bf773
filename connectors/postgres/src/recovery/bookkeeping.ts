import { SluiceError } from '@sluice/connector-sdk';
import { failureOf } from '../server/failure.js';
import { quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';

/** The tables of the recovery protocol, quoted. */
export interface Bookkeeping {
  readonly schema: string;
  readonly fence: string;
  readonly ledger: string;
}

/** Another session that makes the same thing at the same moment makes `IF NOT EXISTS` fail with one of these. */
const MADE_BY_ANOTHER = ['23505', '42P06', '42P07', '42710'];

/** Makes the tables where they are not there. @throws SLUICE_POSTGRES_PRIVILEGE, SLUICE_POSTGRES_TABLE */
export async function ensureBookkeeping(
  session: Session,
  component: string,
  schema: string | undefined,
): Promise<Bookkeeping> {
  const { rows } = await session.query<{ schema: string | null }>('SELECT current_schema() AS schema');
  const home = schema ?? rows[0]?.schema;
  if (!home) {
    throw new SluiceError({
      code: 'SLUICE_POSTGRES_TABLE',
      component,
      expected: 'a schema for the tables sluice_fence and sluice_ledger',
      actual: 'a search_path with no schema that exists',
      remedy: 'set `schema`',
    });
  }
  const tables = { schema: home, fence: quoteName([home, 'sluice_fence']), ledger: quoteName([home, 'sluice_ledger']) };
  await createMissing(session, component, home, 'sluice_fence', [
    `CREATE TABLE IF NOT EXISTS ${tables.fence} (job text NOT NULL, sink text NOT NULL, incarnation text NOT NULL, epoch bigint NOT NULL, PRIMARY KEY (job, sink))`,
  ]);
  await createMissing(session, component, home, 'sluice_ledger', [
    `CREATE TABLE IF NOT EXISTS ${tables.ledger} (job text NOT NULL, sink text NOT NULL, incarnation text NOT NULL, subtask integer NOT NULL, checkpoint bigint NOT NULL, epoch bigint NOT NULL, PRIMARY KEY (job, sink, incarnation, subtask, checkpoint, epoch))`,
  ]);
  return tables;
}

/** Creates only what is not there: `IF NOT EXISTS` asks for the right to create even when it creates nothing. */
export async function createMissing(
  session: Session,
  component: string,
  schema: string,
  table: string,
  statements: readonly string[],
): Promise<void> {
  const { rows } = await session.query<{ table_exists: boolean; schema_exists: boolean }>(
    `SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS schema_exists,
            EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                     WHERE n.nspname = $1 AND c.relname = $2) AS table_exists`,
    [schema, table],
  );
  if (rows[0]?.table_exists) return;
  const schemaFirst = rows[0]?.schema_exists ? [] : [`CREATE SCHEMA IF NOT EXISTS ${quoteName([schema])}`];
  for (const statement of [...schemaFirst, ...statements]) {
    try {
      await session.query(statement);
    } catch (error) {
      const failure = failureOf(error);
      if (MADE_BY_ANOTHER.includes(failure.code)) continue;
      if (failure.code !== '42501') throw failure;
      throw new SluiceError({
        code: 'SLUICE_POSTGRES_PRIVILEGE',
        component,
        expected: `the right to create ${schema}.${table}, where the connector keeps its books`,
        actual: failure.message,
        remedy: `run \`${statement}\` as the owner and GRANT SELECT, INSERT, UPDATE, DELETE on it, or set \`schema\` to one that this role may create in`,
        cause: failure,
      });
    }
  }
}
