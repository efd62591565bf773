import type { RowTarget } from '../committable.js';
import { type ColumnMode, ELEMENT_TYPES } from '../encode/column-mode.js';
import { quote, quoteName } from '../server/identifier.js';

/**
 * One statement for thousands of rows: an array for each column, unnested side by side.
 *
 * An upsert that meets one key twice is refused by the server (21000). So the last row of each key is kept, by the server's own idea of
 * equality; that it thereby locks rows in the order of their keys keeps parallel writers from deadlocks.
 */
export function insertStatement(
  target: RowTarget,
  modes: readonly ColumnMode[],
  arrayAt = (i: number) => `$${i + 1}`,
): string {
  const into = `INSERT INTO ${quoteName(target.table)} (${target.columns.map(({ name }) => quote(name)).join(', ')})`;
  const values = target.columns.map(({ type }, i) =>
    modes[i] === binaryMode(type) ? `c${i}` : `c${i}::${quoteName(type)}`,
  );
  const arrays = modes.map((mode, i) => `${arrayAt(i)}::${mode}[]`).join(', ');
  const names = target.columns.map((_, i) => `c${i}`).join(', ');
  if (target.upsertOn.length === 0) return `${into} SELECT ${values.join(', ')} FROM unnest(${arrays}) AS r(${names})`;

  const keys = target.upsertOn.map((key) => target.columns.findIndex(({ name }) => name === key) + 1).join(', ');
  const others = target.columns.filter(({ name }) => !target.upsertOn.includes(name)).map(({ name }) => quote(name));
  const update =
    others.length === 0 ? 'NOTHING' : `UPDATE SET ${others.map((name) => `${name} = EXCLUDED.${name}`).join(', ')}`;
  return (
    `${into} SELECT DISTINCT ON (${keys}) ${values.join(', ')} FROM unnest(${arrays}) WITH ORDINALITY AS r(${names}, place)` +
    ` ORDER BY ${keys}, place DESC ON CONFLICT (${target.upsertOn.map(quote).join(', ')}) DO ${update}`
  );
}

function binaryMode([schema, name]: readonly [string, string]): ColumnMode | undefined {
  return schema === 'pg_catalog' && Object.hasOwn(ELEMENT_TYPES, name) ? (name as ColumnMode) : undefined;
}
