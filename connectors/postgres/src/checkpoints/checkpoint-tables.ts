import { createMissing } from '../recovery/bookkeeping.js';
import { quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';
import { COMPONENT } from './checkpoint-error.js';

/** The tables of the storage, quoted. */
export interface CheckpointTables {
  /** Who may write: one row for each job, changed by compare-and-set only. */
  readonly leases: string;
  readonly manifests: string;
  /** What makes the parts of a blob a blob: written last. */
  readonly blobs: string;
  readonly parts: string;
}

/** @throws SLUICE_POSTGRES_PRIVILEGE */
export async function checkpointTables(session: Session, schema: string | undefined): Promise<CheckpointTables> {
  const { rows } = await session.query<{ schema: string }>('SELECT current_schema() AS schema');
  const home = schema ?? rows[0]?.schema ?? 'public';
  const name = (table: string) => quoteName([home, `sluice_checkpoint_${table}`]);
  const tables = { leases: name('leases'), manifests: name('manifests'), blobs: name('blobs'), parts: name('parts') };
  const columns: Readonly<Record<keyof CheckpointTables, string>> = {
    leases: 'job text PRIMARY KEY, incarnation text NOT NULL, epoch bigint NOT NULL, newest bigint NOT NULL',
    manifests:
      'job text, checkpoint bigint, epoch bigint NOT NULL, bytes bytea NOT NULL, checksum bytea NOT NULL, PRIMARY KEY (job, checkpoint)',
    blobs:
      'job text, name text, epoch bigint NOT NULL, id text NOT NULL, parts integer NOT NULL, checksum bytea NOT NULL, PRIMARY KEY (job, name)',
    parts:
      'job text, epoch bigint, id text, part integer, bytes bytea NOT NULL, checksum bytea NOT NULL, PRIMARY KEY (job, epoch, id, part)',
  };
  for (const table of ['leases', 'manifests', 'blobs', 'parts'] as const) {
    const statement = `CREATE TABLE IF NOT EXISTS ${tables[table]} (${columns[table]})`;
    // State is bytes that do not get smaller: trying costs more time than writing them.
    const storage = table === 'parts' ? [`ALTER TABLE ${tables.parts} ALTER COLUMN bytes SET STORAGE EXTERNAL`] : [];
    await createMissing(session, COMPONENT, home, `sluice_checkpoint_${table}`, [statement, ...storage]);
  }
  return tables;
}
