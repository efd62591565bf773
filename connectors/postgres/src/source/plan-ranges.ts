import type { Session } from '../server/session.js';
import type { KeyRange } from './key-range.js';
import { fromClause, ordered, type SourceRelation } from './source-relation.js';
import type { SourceSettings } from './source-settings.js';

/** Rows of a table from which its ranges are estimated, when it has many more. */
const SAMPLE = 100_000;

/**
 * As many ranges as were asked for, of about as many rows each, by the first key column: rows that share its value stay together. The first
 * and the last one are open, so that no key is ever outside.
 */
export async function planRanges(
  session: Session,
  settings: Pick<SourceSettings<never>, 'relation' | 'splits'>,
  relation: SourceRelation,
): Promise<readonly KeyRange[]> {
  const { splits } = settings;
  const [first] = relation.key;
  if (splits === 1 || first === undefined) {
    return [{ index: 0, of: 1, from: undefined, until: undefined, empty: false, rows: relation.rows }];
  }
  const share = SAMPLE / (relation.rows ?? 1);
  const sample = settings.relation.kind === 'table' && share < 0.5 ? ` TABLESAMPLE SYSTEM (${100 * share})` : '';
  const fractions = Array.from({ length: splits - 1 }, (_, i) => (i + 1) / splits);
  const { rows } = await session.query<{ bounds: string[] | null; rows: number }>(
    `SELECT (percentile_disc($1::float8[]) WITHIN GROUP (ORDER BY ${ordered(first, relation)}))::text[] AS bounds, count(*)::float8 AS rows
       FROM ${fromClause(settings)}${sample}`,
    [fractions],
  );
  const bounds = rows[0]?.bounds ?? [];
  const total = sample === '' ? rows[0]?.rows : relation.rows;
  return Array.from({ length: splits }, (_, index) => ({
    index,
    of: splits,
    from: bounds[index - 1],
    until: bounds[index],
    // Without bounds the last one has everything.
    empty: bounds.length === 0 && index < splits - 1,
    rows: total === undefined ? undefined : total / splits,
  }));
}
