import type { ConformanceItem } from './item.js';
import { itemOf } from './item.js';

/** How what is read back has to agree with what was sent. */
export type Agreement =
  /** Each once: exactly-once. */
  | { readonly kind: 'exact' }
  /** Each once or more: at-least-once. */
  | { readonly kind: 'at least once' }
  /** Of each key the last, once: idempotent. */
  | { readonly kind: 'last of each key'; readonly keyOf: (item: ConformanceItem) => string };

/** Everything that is wrong with what was read back, one line for each item. */
export function disagreements(
  sent: readonly ConformanceItem[],
  found: readonly ConformanceItem[],
  agreement: Agreement,
): string[] {
  const problems = altered(found);
  if (agreement.kind === 'last of each key') return [...problems, ...byKey(sent, found, agreement.keyOf)];
  const expected = new Set(sent.map(({ id }) => id));
  const times = counted(found);
  for (const [id, count] of times) {
    if (!expected.has(id)) problems.push(`item ${id} is there and should not be`);
    else if (count > 1 && agreement.kind === 'exact') problems.push(`item ${id} is there ${count} times`);
  }
  for (const id of expected) if (!times.has(id)) problems.push(`item ${id} is lost`);
  return problems;
}

/** Whatever is there of what was not to be there yet. */
export function strangers(allowed: readonly ConformanceItem[], found: readonly ConformanceItem[]): string[] {
  const ids = new Set(allowed.map(({ id }) => id));
  return found.filter(({ id }) => !ids.has(id)).map(({ id }) => `item ${id} is visible too early`);
}

/** Items of one key that come in another order than they were sent. */
export function disorder(found: readonly ConformanceItem[]): string[] {
  const last = new Map<string, number>();
  const problems: string[] = [];
  for (const { id, key } of found) {
    const before = last.get(key) ?? -1;
    if (id < before) problems.push(`item ${id} of ${key} comes behind item ${before}`);
    last.set(key, Math.max(id, before));
  }
  return problems;
}

function altered(found: readonly ConformanceItem[]): string[] {
  return found.flatMap(({ id, key, text }) => {
    const right = itemOf(id);
    if (key !== right.key) return [`item ${id} came back with key ${JSON.stringify(key)} instead of ${right.key}`];
    if (text === right.text) return [];
    return [`item ${id} came back with text ${JSON.stringify(text)} instead of ${JSON.stringify(right.text)}`];
  });
}

function byKey(
  sent: readonly ConformanceItem[],
  found: readonly ConformanceItem[],
  keyOf: (item: ConformanceItem) => string,
): string[] {
  const last = new Map(sent.map((item) => [keyOf(item), item]));
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const item of found) {
    const key = keyOf(item);
    const right = last.get(key);
    if (right === undefined) problems.push(`key ${key} is there and should not be`);
    else if (seen.has(key)) problems.push(`key ${key} is there twice`);
    else if (right.id !== item.id) problems.push(`key ${key} has item ${item.id} instead of item ${right.id}`);
    seen.add(key);
  }
  for (const [key, { id }] of last) if (!seen.has(key)) problems.push(`key ${key} is lost, with item ${id}`);
  return problems;
}

function counted(found: readonly ConformanceItem[]): Map<number, number> {
  const times = new Map<number, number>();
  for (const { id } of found) times.set(id, (times.get(id) ?? 0) + 1);
  return times;
}
