import { quote, quoteName } from '../server/identifier.js';
import type { SourceSettings } from './source-settings.js';

/** A key column as its server orders and reads it. */
export interface KeyColumn {
  readonly name: string;
  /** As SQL may cast to it. */
  readonly type: string;
  /** Text and its like. */
  readonly collatable: boolean;
}

/** What is known of the table or query before the first row. */
export interface SourceRelation {
  readonly key: readonly KeyColumn[];
  /**
   * Text is compared byte by byte unless a unique index of the table keeps it in an order of its own: then the index can be used, which
   * decides between reading each row once and sorting everything for each statement.
   */
  readonly bytewise: boolean;
  /** No two rows can have the same key; of a query nobody knows. */
  readonly unique: boolean;
  /** About how many rows there are; undefined when nobody knows. */
  readonly rows: number | undefined;
}

export function fromClause({ relation }: Pick<SourceSettings<unknown>, 'relation'>): string {
  return relation.kind === 'table' ? `${quoteName(relation.table)} AS q` : `(${relation.query}\n) AS q`;
}

/** A key column where it is compared or sorted by. */
export function ordered({ name, collatable }: KeyColumn, { bytewise }: Pick<SourceRelation, 'bytewise'>): string {
  return `q.${quote(name)}${collatable && bytewise ? ' COLLATE "C"' : ''}`;
}
