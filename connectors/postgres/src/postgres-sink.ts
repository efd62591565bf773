import { defineSink, type PluginContext, type TransactionalSink } from '@sluice/connector-sdk';
import { checkSink } from './check/check-sink.js';
import type { PostgresCommittable } from './committable.js';
import { committableCodec } from './committable-codec.js';
import { writerTable } from './encode/encoded-columns.js';
import { ledgerWriter } from './ledger/ledger-writer.js';
import { postgresCommitter } from './postgres-committer.js';
import { twoPhaseWriter } from './prepared/two-phase-writer.js';
import { ensureBookkeeping } from './recovery/bookkeeping.js';
import { applicationName } from './recovery/identity.js';
import { identityOf, sinkBooks } from './recovery/sink-books.js';
import { resourceOf } from './server/resource.js';
import type { Session } from './server/session.js';
import { Sessions } from './server/sessions.js';
import { statementFailure } from './server/statement-failure.js';
import type { PostgresSinkOptions } from './sink-options.js';
import { type SinkSettings, sinkSettings } from './sink-settings.js';

/**
 * Rows in a table, exactly once: an epoch's rows become visible together when, and only when, its checkpoint is complete.
 *
 * `transactional: 'ledger'` (the default) keeps the rows of an epoch, encoded, in its checkpoint and writes them afterwards in one
 * ordinary transaction. A text that is no value of its column is found before, and rejected; what constraints and triggers of the table
 * refuse is found after the checkpoint: the job fails, and goes on once the table has been changed.
 *
 * `'two-phase'` inserts as rows come and prepares at the barrier, which needs `max_prepared_transactions`. Texts that are no value of
 * their column are found and rejected in the same way; what constraints and triggers refuse fails the epoch before its checkpoint.
 *
 * Keeps two small tables: `sluice_fence`, so that an older run can write nothing once a newer one has started, and `sluice_ledger`, whose
 * rows prove what has been committed. The order of recovery is that of Flink's two-phase-commit sinks, with the fence added.
 *
 * Values are bound, names quoted. A Date or a number of epoch milliseconds goes into `timestamptz`, `timestamp` and `date` (UTC); a
 * bigint or a number into `int8`; bytes into `bytea`; strings are taken as they are by `json`, everything else is stringified for it.
 *
 * @throws SLUICE_POSTGRES_OPTIONS, SLUICE_POSTGRES_UPSERT_TWO_PHASE at once, for what is wrong with the options alone. Before the job
 * starts: SLUICE_POSTGRES_UNREACHABLE, _LOGIN, _READ_ONLY, _TABLE, _COLUMN, _UPSERT_KEY, _PRIVILEGE, _TWO_PHASE_OFF, _SLOTS. While it
 * runs: SLUICE_POSTGRES_VALUE to the `rejected` output; SLUICE_FENCED, SLUICE_POSTGRES_STATEMENT, _CONNECTION, _TIMEOUT, _ROLLED_BACK,
 * _LOST_TRANSACTION, _FENCE_HELD, _ROLE, _PROOF_PRUNED fail the run.
 *
 * @example
 * const sink = postgresSink<{ airport: string; hour: number; flights: number }>({
 *   connectionString: 'postgres://me:secret@localhost:5432/app',
 *   table: 'airport_hours',
 *   columns: { airport: (r) => r.airport, hour: (r) => r.hour, flights: (r) => r.flights },
 *   upsertOn: ['airport', 'hour'],
 * });
 */
export function postgresSink<T>(options: PostgresSinkOptions<T>): TransactionalSink<T, PostgresCommittable> {
  const settings = sinkSettings(options);

  /** The login and the tables are settled here; whatever fails in it leaves no connection open. */
  async function connected<R>(
    context: PluginContext,
    use: (session: Session, sessions: Sessions) => Promise<R>,
  ): Promise<R> {
    const sessions = new Sessions({
      ...settings,
      applicationName: applicationName(identityOf(context), context.epoch),
    });
    try {
      return await sessions.until(context.signal, async () => {
        const session = await sessions.take();
        const result = await use(session, sessions);
        await sessions.giveBack(session);
        return result;
      });
    } catch (error) {
      await sessions.close();
      throw statementFailure(settings.component, 'the server to answer', error);
    }
  }

  return defineSink<T, PostgresCommittable>({
    name: 'postgres',
    guarantee: 'transactional',
    committableCodec,

    check: (context) =>
      connected(context, async (session, sessions) => {
        await checkSink(session, settings, context);
        await sessions.close();
      }),

    open: (context) =>
      connected(context, async (session, sessions) => {
        const table = await writerTable(session, settings);
        if (settings.mode === 'ledger') {
          // It needs none unless there is something to ask, and then opens one.
          await session.close();
          return ledgerWriter(settings, table, identityOf(context), sessions, context);
        }
        const books = sinkBooks(
          settings,
          await ensureBookkeeping(session, settings.component, settings.schema),
          context,
        );
        return twoPhaseWriter(
          { settings, table, sessions, logger: context.logger, clock: context.clock, ...books },
          context,
        );
      }),

    openCommitter: (context) =>
      connected(context, async (session, sessions) => {
        const tables = await ensureBookkeeping(session, settings.component, settings.schema);
        return postgresCommitter(
          settings as SinkSettings<never>,
          sinkBooks(settings, tables, context),
          sessions,
          context,
          // A prepared transaction is ended by itself, never inside another one.
          settings.mode === 'ledger' ? await resourceOf(session) : undefined,
        );
      }),
  });
}
