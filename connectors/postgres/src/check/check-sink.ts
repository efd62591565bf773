import { type PluginContext, SluiceError } from '@sluice/connector-sdk';
import { noColumn, noTable } from '../encode/encoded-columns.js';
import { tooFewSlots, twoPhaseOff } from '../prepared/prepare-failure.js';
import { ensureBookkeeping } from '../recovery/bookkeeping.js';
import { insertStatement } from '../rows/insert-statement.js';
import type { TableDescription } from '../server/column-type.js';
import { describeTable } from '../server/describe-table.js';
import { quoteName } from '../server/identifier.js';
import type { Session } from '../server/session.js';
import type { SinkSettings } from '../sink-settings.js';
import { checkPrivileges, checkSchema } from './check-privileges.js';

/** Everything that can be known before the first row, each with its remedy. */
export async function checkSink<T>(session: Session, settings: SinkSettings<T>, context: PluginContext): Promise<void> {
  await checkServer(session, settings, context);
  await checkSchema(session, settings.component, settings.table.length > 1 ? settings.table[0] : undefined);
  await checkSchema(session, settings.component, settings.schema);
  const description = await describeTable(session, settings.table);
  if (!description) throw noTable(settings);
  checkKind(settings, description);
  checkColumns(settings, description);
  checkUpsertKey(settings, description);
  const books = await ensureBookkeeping(session, settings.component, settings.schema);
  await checkPrivileges(session, settings, description, books);
  await checkStatement(session, settings, description);
}

async function checkServer<T>(session: Session, settings: SinkSettings<T>, context: PluginContext): Promise<void> {
  const { component } = settings;
  const { rows } = await session.query<{ slots: string; standby: boolean; read_only: string }>(
    `SELECT current_setting('max_prepared_transactions') AS slots, pg_is_in_recovery() AS standby,
            current_setting('default_transaction_read_only') AS read_only`,
  );
  const server = rows[0];
  if (server?.standby || server?.read_only === 'on') {
    throw new SluiceError({
      code: 'SLUICE_POSTGRES_READ_ONLY',
      component,
      expected: 'a server that takes writes',
      actual: server.standby ? 'a standby' : 'default_transaction_read_only = on',
      remedy: server.standby ? 'connect to the primary' : 'set it to off for this role or database',
    });
  }
  if (settings.mode === 'ledger') return;
  const slots = Number(server?.slots);
  // One transaction waits for its checkpoint to complete while the next is prepared.
  const needed = context.parallelism * 2;
  if (slots === 0) throw twoPhaseOff(component);
  if (slots < needed) {
    throw tooFewSlots(component, `max_prepared_transactions of at least ${needed}, two for each subtask`, `${slots}`);
  }
  await warnOfOrphans(session, context);
}

/** Nobody else finishes them, and each holds its locks, and keeps VACUUM from cleaning up, until somebody does. */
async function warnOfOrphans(session: Session, context: PluginContext): Promise<void> {
  const { rows } = await session.query<{ gid: string; prepared: Date }>(
    `SELECT gid, prepared FROM pg_catalog.pg_prepared_xacts
      WHERE database = current_database() AND prepared < now() - interval '1 hour' ORDER BY prepared LIMIT 20`,
  );
  if (rows.length === 0) return;
  context.logger.warn(
    { gids: rows.map(({ gid }) => gid) },
    'prepared transactions of more than an hour ago are still open in this database',
  );
}

function checkKind<T>({ component, table, mode }: SinkSettings<T>, { kind }: TableDescription): void {
  const fits = mode === 'ledger' ? ['r', 'p', 'v', 'f'] : ['r', 'p', 'v'];
  if (fits.includes(kind)) return;
  throw new SluiceError({
    code: 'SLUICE_POSTGRES_TABLE',
    component,
    expected: `${quoteName(table)} to be a table`,
    actual:
      kind === 'f'
        ? 'a foreign table, which cannot take part in PREPARE TRANSACTION'
        : `a relation of another kind (${kind})`,
    remedy: kind === 'f' ? "use `transactional: 'ledger'`" : 'name a table in `table`',
  });
}

function checkColumns<T>(settings: SinkSettings<T>, description: TableDescription): void {
  const { component, table } = settings;
  const written = new Set(settings.columns.map(({ name }) => name));
  for (const name of written) {
    const column = description.columns.find((candidate) => candidate.name === name);
    if (!column) throw noColumn(settings, description, name);
    if (column.generated) {
      throw new SluiceError({
        code: 'SLUICE_POSTGRES_COLUMN',
        component,
        expected: `column ${JSON.stringify(name)} of ${quoteName(table)} to take a value`,
        actual: 'GENERATED ALWAYS: the server computes it',
        remedy: 'leave it out of `columns`',
      });
    }
  }
  const missing = description.columns.filter(
    (column) => column.notNull && !column.hasDefault && !written.has(column.name),
  );
  if (missing.length === 0 || description.kind === 'v') return;
  throw new SluiceError({
    code: 'SLUICE_POSTGRES_COLUMN',
    component,
    expected: `a value for every column of ${quoteName(table)} that is NOT NULL and has no default`,
    actual: `none for ${missing.map(({ name }) => name).join(', ')}`,
    remedy: 'add them to `columns`, or give them a default in the table',
  });
}

function checkUpsertKey<T>({ component, table, upsertOn }: SinkSettings<T>, { uniqueKeys }: TableDescription): void {
  if (upsertOn.length === 0) return;
  const wanted = [...upsertOn].sort().join('\0');
  if (uniqueKeys.some((key) => [...key].sort().join('\0') === wanted)) return;
  throw new SluiceError({
    code: 'SLUICE_POSTGRES_UPSERT_KEY',
    component,
    expected: `a primary key, or a unique index that is neither partial nor deferrable, on exactly (${upsertOn.join(', ')}) of ${quoteName(table)}`,
    actual:
      uniqueKeys.length === 0
        ? 'no unique index'
        : `unique indexes on ${uniqueKeys.map((key) => `(${key.join(', ')})`).join(', ')}`,
    remedy: `run \`CREATE UNIQUE INDEX ON ${quoteName(table)} (${upsertOn.map((c) => quoteName([c])).join(', ')})\`, or name the columns of one that is there in \`upsertOn\``,
  });
}

/** The server reads and plans the very statement that will be used. What the checks above do not know, it refuses here. */
async function checkStatement<T>(
  session: Session,
  settings: SinkSettings<T>,
  description: TableDescription,
): Promise<void> {
  const columns = settings.columns.flatMap(
    ({ name }) => description.columns.find((column) => column.name === name) ?? [],
  );
  const target = { table: [description.schema, description.name], columns, upsertOn: settings.upsertOn };
  const statement = insertStatement(
    target,
    columns.map(() => 'text'),
    () => `'{}'`,
  );
  await session.query(`EXPLAIN ${statement}`);
}
