import { sameKey } from '../state/canonical-key.js';

/** Whether two assigned windows are one: equal bounds, and all else equal too. */
export function sameWindow(a: unknown, b: unknown): boolean {
  const { start, end } = a as { readonly start?: unknown; readonly end?: unknown };
  const other = b as { readonly start?: unknown; readonly end?: unknown };
  if (start !== other.start || end !== other.end) return false;
  return hasBoundsOnly(a as object) && hasBoundsOnly(b as object) ? true : sameKey(a, b);
}

function hasBoundsOnly(window: object): boolean {
  let names = 0;
  for (const name in window)
    if (name !== 'start' && name !== 'end') return false;
    else names++;
  return names === 2;
}
