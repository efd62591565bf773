/** Why a value cannot go into its column. It names the kind of the value, never the value itself. */
export class ColumnRefusal extends Error {}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number')
    return Number.isInteger(value) ? 'a whole number' : Number.isFinite(value) ? 'a fraction' : String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  return Array.isArray(value) ? 'an array' : `a ${(value as object).constructor?.name ?? 'null-prototype object'}`;
}
