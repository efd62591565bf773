import { canonicalText } from './canonical-key.js';

/** Under what a key stands in a Map: itself, or its canonical text, which no string can be mistaken for. */
export function slotOf(key: unknown, component: string): unknown {
  if (typeof key === 'string') return key.startsWith('\0') ? `\0\0${key}` : key;
  if (typeof key === 'number' || typeof key === 'boolean' || typeof key === 'bigint') return key;
  return `\0${canonicalText(key, component)}`;
}
