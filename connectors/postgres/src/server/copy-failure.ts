import { PostgresFailure } from './failure.js';

/** COPY names the column at fault only in its context, between the line and the value, and the value must not be repeated. */
export function copyFailure(error: unknown, columns: readonly string[]): PostgresFailure {
  const fields = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const { code, table, constraint, where } = fields;
  const context = typeof where === 'string' ? /, line \d+, column ([\s\S]*)$/.exec(where)?.[1] : undefined;
  const column = columns.find((name) => context === name || context?.startsWith(`${name}:`));
  return column === undefined ? new PostgresFailure(error) : new PostgresFailure({ code, table, constraint, column });
}
