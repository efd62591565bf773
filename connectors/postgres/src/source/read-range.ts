import { SluiceError, type SourceBatch } from '@sluice/connector-sdk';
import type { Session } from '../server/session.js';
import { statementFailure } from '../server/statement-failure.js';
import { refuseNulls, repeatedKey } from './check-source.js';
import { chunkStatement } from './chunk-statement.js';
import type { KeyPosition, KeyRange } from './key-range.js';
import { rowTypes } from './row-values.js';
import type { PostgresRow } from './source-options.js';
import type { SourceRelation } from './source-relation.js';
import type { SourceSettings } from './source-settings.js';

/** Lends a connection for one statement. */
export type LendReading = <R>(range: KeyRange, work: (session: Session) => Promise<R>) => Promise<R>;

/** The rows of one range, in key order, from behind a position. */
export async function* readRange<T>(
  settings: SourceSettings<T>,
  relation: SourceRelation,
  lend: LendReading,
  range: KeyRange,
  start: KeyPosition | undefined,
): AsyncGenerator<SourceBatch<T, KeyPosition>> {
  const { component, chunkRows } = settings;
  let position = start;
  for (let ended = range.empty; !ended; ) {
    const { text, values } = chunkStatement(settings, relation, range, position);
    const { rows, names } = await lend(range, async (session) => {
      try {
        return await session.list(text, values, rowTypes);
      } catch (error) {
        throw statementFailure(component, 'the next rows of a range', error);
      }
    });
    ended = rows.length < chunkRows;
    const before = position?.read ?? 0;
    const keys = keysOf(settings, relation, rows, position?.key);
    const read = before + rows.length;
    const positionAfter = (index: number): KeyPosition => ({ key: keys[index] ?? [], read: before + index + 1 });
    if (rows.length > 0) {
      position = positionAfter(rows.length - 1);
      yield {
        values: rows.map((row) => elementOf(settings, row, names, relation.key.length)),
        progress: ended ? 1 : range.rows === undefined ? undefined : Math.min(0.99, read / Math.max(1, range.rows)),
        hasMore: !ended,
        positionAfter,
      };
    }
  }
  // A row that came without a key while the others were read would be missing without a word.
  if (range.index === range.of - 1)
    await lend(range, (session) => refuseNulls(session, settings as SourceSettings<never>));
}

/** The values of the key of each row. @throws SLUICE_POSTGRES_KEY for one that does not tell two rows apart. */
function keysOf(
  { component, key }: Pick<SourceSettings<unknown>, 'component' | 'key'>,
  { unique }: SourceRelation,
  rows: readonly (readonly unknown[])[],
  last: readonly string[] | undefined,
): readonly (readonly string[])[] {
  let before = last;
  return rows.map((row) => {
    const own = row.slice(-key.length) as readonly string[];
    if (!unique && before !== undefined && own.every((part, i) => part === before?.[i]))
      throw repeatedKey(component, key);
    before = own;
    return own;
  });
}

function elementOf<T>(
  { component, value }: SourceSettings<T>,
  row: readonly unknown[],
  names: readonly string[],
  keyColumns: number,
): T {
  const record: Record<string, unknown> = {};
  for (let i = 0; i < names.length - keyColumns; i++) {
    // A column may be called __proto__: it is one like any other.
    Object.defineProperty(record, names[i] ?? '', {
      value: row[i],
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  try {
    return value(record as PostgresRow);
  } catch (cause) {
    throw new SluiceError({
      code: 'SLUICE_POSTGRES_ROW',
      component,
      expected: '`value` to make an element of each row',
      actual: cause instanceof Error ? `a ${cause.name}` : 'an exception',
      remedy: 'look at the cause; let `value` say what becomes of such a row, or leave it out by a `query`',
      cause,
    });
  }
}
