import { defineSource, type Source, type SourceSplit } from '@sluice/connector-sdk';
import { statementFailure } from '../server/statement-failure.js';
import { checkSource } from './check-source.js';
import { type KeyPosition, type KeyRange, rangeId } from './key-range.js';
import { planRanges } from './plan-ranges.js';
import { type LendReading, readRange } from './read-range.js';
import { ReadingSessions } from './reading-sessions.js';
import { requireSameSplits } from './same-splits.js';
import type { PostgresRow, PostgresSourceOptions } from './source-options.js';
import type { SourceRelation } from './source-relation.js';
import { sourceSettings } from './source-settings.js';

/**
 * The rows of a table or a query, once, in the order of a key: bounded, and replayable from any row.
 *
 * Splits are ranges of the first key column with about as many rows each, planned once; the position is the key of the row read last, and
 * each statement reads the next `chunkRows` rows behind it. A job that has finished and is started again reads what has been added behind
 * the last key.
 *
 * What "once" means for a table that changes meanwhile: a row whose key and content stay as they are is emitted exactly once, over all
 * restarts. A row that is inserted, updated or deleted is seen as it is when its turn comes, and after a restart as it is then: elements
 * behind the last checkpoint are read again. A row whose key is changed may be seen twice, or not at all. `snapshot: 'exported'` makes one
 * run see one state of the table; a restart goes on in a new one.
 *
 * Values: `int2`, `int4`, `oid`, `float4`, `float8` are numbers; `int8` is a bigint; `numeric`, `date`, `interval` and every type not named
 * here stay the text that the server writes, since no JavaScript type holds them whole; `timestamptz` and `timestamp` (UTC) are Dates, to the
 * millisecond; `bool`, `json`, `jsonb` and `bytea` (Buffer) are what they say; lists of texts, numbers and truth values are arrays.
 *
 * Text keys are ordered byte by byte, unless a unique index keeps them in the order of the column. Rows with a NULL in the key are refused.
 *
 * @throws SLUICE_POSTGRES_OPTIONS at once. Before the first row: SLUICE_POSTGRES_UNREACHABLE, _LOGIN, _TABLE, _COLUMN, _PRIVILEGE, _KEY,
 * _STATEMENT. While it runs: _KEY for a query that gives one key twice or NULL, _ROW for what `value` throws, _SPLITS when `splits` has been
 * changed since the checkpoint, _CONNECTION, _TIMEOUT.
 *
 * @example
 * const flights = postgresSource({
 *   connectionString: 'postgres://me:secret@localhost:5432/app',
 *   table: 'flights',
 *   key: ['day', 'number'],
 *   splits: 4,
 *   value: (row) => ({ number: String(row.number), seats: Number(row.seats) }),
 * });
 */
export function postgresSource<T = PostgresRow>(options: PostgresSourceOptions<T>): Source<T, KeyRange, KeyPosition> {
  const settings = sourceSettings(options);
  const { component, snapshot } = settings;
  const sessions = (mode: 'none' | 'exported') =>
    new ReadingSessions({ ...settings, applicationName: 'sluice_source' }, mode);

  async function checked<R>(
    reading: ReadingSessions,
    signal: AbortSignal,
    use: (relation: SourceRelation, lend: ReadingSessions['lend']) => Promise<R>,
  ): Promise<R> {
    try {
      return await reading.until(signal, async () => {
        const relation = await reading.lend({ index: 0 }, (session) => checkSource(session, settings as never));
        return use(relation, (range, work) => reading.lend(range, work));
      });
    } catch (error) {
      await reading.close();
      throw statementFailure(component, 'to look at what is to be read', error);
    }
  }

  return defineSource<T, KeyRange, KeyPosition>({
    name: 'postgres',
    bounded: true,
    replayable: true,

    async discover(signal) {
      signal.throwIfAborted();
      const reading = sessions('none');
      const ranges = await checked(reading, signal, (relation, lend) =>
        lend({ index: 0 }, (session) => planRanges(session, settings as never, relation)),
      );
      await reading.close();
      return ranges.map((range): SourceSplit<KeyRange> => ({ id: rangeId(range), split: range }));
    },

    async open(context) {
      const reading = sessions(snapshot);
      return checked(reading, context.signal, async (relation, lend) => {
        await reading.done({ index: 0 });
        return {
          async *read({ split }, position, signal) {
            requireSameSplits(component, split, settings.splits);
            try {
              yield* readRange(settings, relation, lendUntil(signal, lend), split, position);
            } finally {
              await reading.done(split);
            }
          },
          close: () => reading.close(),
        };
      });
    },
  });
}

/** Whoever stops reading does not wait for the rows that were asked for. */
function lendUntil(signal: AbortSignal, lend: LendReading): LendReading {
  return (range, work) => lend(range, (session) => session.until(signal, () => work(session)));
}
