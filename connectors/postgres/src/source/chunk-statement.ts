import { quote } from '../server/identifier.js';
import type { KeyPosition, KeyRange } from './key-range.js';
import { fromClause, ordered, type SourceRelation } from './source-relation.js';
import type { SourceSettings } from './source-settings.js';

export interface ChunkStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * The next rows of a range, in key order: the wanted columns, then the key as text. Keyset, not OFFSET: each statement begins where the one
 * before it ended, whatever has been inserted or deleted in between.
 */
export function chunkStatement(
  settings: Pick<SourceSettings<unknown>, 'relation' | 'columns' | 'chunkRows'>,
  relation: SourceRelation,
  range: KeyRange,
  position: KeyPosition | undefined,
): ChunkStatement {
  const { key } = relation;
  const values: unknown[] = [];
  const bind = (value: string, type: string): string => {
    values.push(value);
    return `$${values.length}::text::${type}`;
  };
  const columns = key.map((column) => ordered(column, relation));
  const [first] = key;
  const conditions: string[] = [];
  if (position !== undefined) {
    const last = key.map(({ type }, i) => bind(position.key[i] ?? '', type));
    conditions.push(`(${columns.join(', ')}) > (${last.join(', ')})`);
  } else if (range.from !== undefined && first !== undefined) {
    conditions.push(`${columns[0]} >= ${bind(range.from, first.type)}`);
  }
  if (range.until !== undefined && first !== undefined) {
    conditions.push(`${columns[0]} < ${bind(range.until, first.type)}`);
  }
  const wanted = settings.columns === undefined ? 'q.*' : settings.columns.map((name) => `q.${quote(name)}`).join(', ');
  const keys = key.map(({ name }) => `q.${quote(name)}::text`).join(', ');
  const where = conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
  return {
    text: `SELECT ${wanted}, ${keys} FROM ${fromClause(settings)}${where} ORDER BY ${columns.join(', ')} LIMIT ${settings.chunkRows}`,
    values,
  };
}
