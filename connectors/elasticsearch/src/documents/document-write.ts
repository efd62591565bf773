import type { DocumentPlace, Entry } from '../entry/entry.js';
import { type Fields, mergeDocument } from './merge-document.js';

/** An entry that has been given its version. */
export type VersionedEntry<T> = Entry<T> & { readonly version: number };

/** What the server holds of a document. */
export interface StoredDocument {
  readonly version: number;
  /** Absent: there is none, or nothing but the mark of one that was deleted. */
  readonly fields: Fields | undefined;
}

/** One write of one document: what all of its entries come to. */
export interface DocumentWrite<T> {
  /** In the order in which they were written. */
  readonly entries: readonly VersionedEntry<T>[];
  readonly place: DocumentPlace;
  readonly version: number;
  /** JSON text; absent: the document is removed. */
  readonly source: string | undefined;
}

export interface FoldOptions {
  readonly hardDeletes: boolean;
  readonly deletedField: string;
}

/** Nothing is known of what the server holds: the version is what decides. */
export const UNREAD: StoredDocument = { version: -1, fields: undefined };

/** Whether what these entries come to depends on what is stored. With versions of the user's even what precedes the first whole document may. */
export function needsStored<T>(entries: readonly VersionedEntry<T>[], versionsGiven: boolean): boolean {
  return versionsGiven ? entries.some(({ action }) => action === 'update') : entries[0]?.action === 'update';
}

/** What the entries of one document come to, applied in order to what is stored. Absent: all of them are older than that. */
export function foldEntries<T>(
  entries: readonly VersionedEntry<T>[],
  stored: StoredDocument,
  { hardDeletes, deletedField }: FoldOptions,
): DocumentWrite<T> | undefined {
  let { version } = stored;
  let source: string | undefined;
  let fields: Fields | undefined = stored.fields;
  let last: VersionedEntry<T> | undefined;
  for (const entry of entries) {
    if (entry.version <= version) continue;
    last = entry;
    version = entry.version;
    if (entry.action === 'update') {
      const base = fields ?? (source === undefined ? {} : parse(source));
      fields = mergeDocument(base, parse(entry.source));
      source = undefined;
    } else {
      fields = entry.action === 'delete' ? {} : undefined;
      source = entry.source;
    }
  }
  if (last === undefined) return undefined;
  const { action, place } = last;
  if (action === 'delete') source = hardDeletes ? undefined : JSON.stringify({ [deletedField]: true });
  else if (action === 'update') source = JSON.stringify(fields);
  return { entries, place, version, source };
}

function parse(source: string): Fields {
  return JSON.parse(source) as Fields;
}
