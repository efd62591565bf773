import {
  defineSink,
  type PluginContext,
  SluiceError,
  structuredCodec,
  type TransactionalSink,
} from '@sluice/connector-sdk';
import Database from 'libsql';

/** Where rows go, and what a row is. */
export interface SqliteSinkOptions<T> {
  /** The database's file. */
  readonly file: string;
  readonly table: string;
  /** What goes into each column: null, a number or a string. */
  readonly columns: Readonly<Record<string, (value: T) => unknown>>;
}

/** All that a commit needs to know: the rows wait under this name in a table of ours. */
export type SqliteEpoch = { readonly name: string };

const BOOKKEEPING = `
  CREATE TABLE IF NOT EXISTS sluice_fence (sink TEXT PRIMARY KEY, epoch INTEGER);
  CREATE TABLE IF NOT EXISTS sluice_staged (place INTEGER PRIMARY KEY, sink TEXT, name TEXT, row TEXT);
  CREATE TABLE IF NOT EXISTS sluice_ledger (sink TEXT, name TEXT, PRIMARY KEY (sink, name));`;
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;
/** Rows in memory at most. */
const CHUNK = 1_000;

/** Rows in a table of SQLite, exactly once: prepared in a table aside, moved into view when their checkpoint is complete. */
export function sqliteSink<T>({ file, table, columns }: SqliteSinkOptions<T>): TransactionalSink<T, SqliteEpoch> {
  const names = Object.keys(columns ?? {});
  if (typeof file !== 'string' || file === '') throw failure('OPTIONS', '`file` to be a path', 'correct it');
  if (names.length === 0 || ![table, ...names].every((name) => NAME.test(name))) {
    throw failure('OPTIONS', 'a table and columns whose names are letters, digits and underscores', 'correct them');
  }
  const values = names.map((_, index) => `row ->> ${index}`);
  const intoView = `INSERT INTO ${table} (${names}) SELECT ${values} FROM sluice_staged WHERE sink = ? AND name = ? ORDER BY place`;

  return defineSink<T, SqliteEpoch>({
    name: 'sqlite',
    guarantee: 'transactional',
    committableCodec: structuredCodec<SqliteEpoch>(),

    async check(context) {
      const { db } = connect(file, context);
      const found = db.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[];
      db.close();
      if (names.every((name) => found.some((column) => column.name === name))) return;
      throw failure('TABLE', `a table ${table} with the columns ${names}`, 'create it');
    },

    async open(context) {
      const { db, sink } = connect(file, context);
      const insert = db.prepare('INSERT INTO sluice_staged (sink, name, row) VALUES (?, ?, ?)');
      let epochs = 0;
      return {
        begin() {
          const name = `${context.epoch}-${context.subtask}-${++epochs}`;
          const rows: string[] = [];
          let staged = 0;
          const stage = () =>
            refuseUnlessNewest(db, sink, context, () => {
              for (const row of rows.splice(0)) staged += insert.run(sink, name, row).changes;
            });
          return {
            write(value) {
              try {
                rows.push(JSON.stringify(names.map((column) => stored(columns[column]?.(value)))));
              } catch (cause) {
                context.reject(value, cause);
              }
              if (rows.length === CHUNK) stage();
              return undefined;
            },
            async prepare() {
              stage();
              return staged > 0 ? [{ name }] : [];
            },
            async abort() {
              rows.length = 0;
              db.prepare('DELETE FROM sluice_staged WHERE sink = ? AND name = ?').run(sink, name);
            },
          };
        },
        close: async () => void db.close(),
      };
    },

    async openCommitter(context) {
      const { db, sink } = connect(file, context);
      return {
        async recover(restored) {
          const kept = JSON.stringify(restored.map(({ name }) => name));
          refuseUnlessNewest(db, sink, context, () => {
            db.prepare('INSERT OR REPLACE INTO sluice_fence VALUES (?, ?)').run(sink, context.epoch);
            const others = 'DELETE FROM sluice_staged WHERE sink = ? AND name NOT IN (SELECT value FROM json_each(?))';
            db.prepare(others).run(sink, kept);
          });
        },
        async commit({ name }) {
          return refuseUnlessNewest(db, sink, context, () => {
            const proof = db.prepare('SELECT 1 FROM sluice_ledger WHERE sink = ? AND name = ?').get(sink, name);
            if (proof !== undefined) return { status: 'alreadyCommitted', proof: `row ${name} of sluice_ledger` };
            if (db.prepare(intoView).run(sink, name).changes === 0)
              return { status: 'failed', cause: `${name} is lost` };
            db.prepare('DELETE FROM sluice_staged WHERE sink = ? AND name = ?').run(sink, name);
            db.prepare('INSERT INTO sluice_ledger VALUES (?, ?)').run(sink, name);
            return { status: 'committed' };
          });
        },
        close: async () => void db.close(),
      };
    },
  });
}

function connect(file: string, { job, uid, incarnation }: PluginContext) {
  try {
    const db = new Database(file, { timeout: 5_000 });
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${BOOKKEEPING}`);
    return { db, sink: JSON.stringify([job, uid, incarnation]) };
  } catch (cause) {
    throw failure('FILE', 'a database that can be written', 'look at the path and its permissions', cause);
  }
}

/** One transaction, locked from its beginning: while it lasts nobody can become the newest run. */
function refuseUnlessNewest<R>(db: Database.Database, sink: string, { epoch }: PluginContext, work: () => R): R {
  const guarded = db.transaction(() => {
    const newer = db.prepare('SELECT 1 FROM sluice_fence WHERE sink = ? AND epoch > ?').get(sink, epoch);
    if (newer !== undefined) throw failure('FENCED', 'to be the newest run', 'let the newer run go on');
    return work();
  });
  return guarded.immediate();
}

function stored(value: unknown): unknown {
  if (value === null || value === undefined || typeof value === 'string' || Number.isFinite(value)) return value;
  throw failure('VALUE', 'null, a number or a string', 'map it to one of these');
}

function failure(code: string, expected: string, remedy: string, cause?: unknown): SluiceError {
  const details = { component: 'sqliteSink', expected, actual: 'something else', remedy, cause };
  return new SluiceError({ code: `SLUICE_SQLITE_${code}`, ...details });
}
