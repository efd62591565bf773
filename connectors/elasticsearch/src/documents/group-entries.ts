import { keyOfPlace } from '../entry/entry.js';
import type { VersionedEntry } from './document-write.js';

/** The entries of each document together, in their order. */
export function groupEntries<T>(entries: readonly VersionedEntry<T>[]): VersionedEntry<T>[][] {
  const groups = new Map<string, VersionedEntry<T>[]>();
  for (const entry of entries) {
    const key = keyOfPlace(entry.place);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [entry]);
    else group.push(entry);
  }
  return [...groups.values()];
}
