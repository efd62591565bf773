import type { Client } from '@elastic/elasticsearch';
import { indexUnusable } from '../bulk/item-error.js';
import { type DocumentPlace, keyOfPlace } from '../entry/entry.js';
import { requestFailure } from '../server/request-failure.js';
import { type StoredDocument, UNREAD } from './document-write.js';
import type { Fields } from './merge-document.js';

export interface StoredReader {
  readonly client: Client;
  readonly component: string;
  readonly deletedField: string;
}

/** Of one request: whole documents come back. */
const DOCUMENTS_AT_ONCE = 200;

interface Got {
  readonly found?: boolean;
  readonly _version?: number;
  readonly _source?: Fields;
  readonly error?: { readonly type?: unknown };
}

/**
 * What the server holds at these places, as last written (not as last refreshed), by `keyOfPlace`. What is absent could not be read just
 * now.
 */
export async function readStored(
  reader: StoredReader,
  places: readonly DocumentPlace[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, StoredDocument>> {
  const stored = new Map<string, StoredDocument>();
  for (let from = 0; from < places.length; from += DOCUMENTS_AT_ONCE) {
    const some = places.slice(from, from + DOCUMENTS_AT_ONCE);
    const answers = await readSome(reader, some, signal);
    for (const [i, place] of some.entries()) {
      const got = answers[i];
      const document = got === undefined ? undefined : storedIn(got, reader);
      if (document !== undefined) stored.set(keyOfPlace(place), document);
    }
  }
  return stored;
}

async function readSome(
  { client, component }: StoredReader,
  places: readonly DocumentPlace[],
  signal: AbortSignal,
): Promise<readonly Got[]> {
  const docs = places.map(({ index: _index, id: _id, routing }) => ({
    _index,
    _id,
    ...(routing === undefined ? {} : { routing }),
  }));
  try {
    return (await client.mget<Fields>({ docs, realtime: true }, { signal })).docs as readonly Got[];
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const failure = requestFailure(component, error);
    if (failure.kind === 'final') throw failure.error;
    return [];
  }
}

function storedIn(got: Got, { component, deletedField }: StoredReader): StoredDocument | undefined {
  const { found, _version: version, _source: fields, error } = got;
  if (error !== undefined) return error.type === 'index_not_found_exception' ? UNREAD : undefined;
  if (found !== true || version === undefined) return UNREAD;
  // Merged into nothing, the document would lose its other fields.
  if (fields === undefined) throw indexUnusable(component, 'an index without `_source`, which updates need');
  return { version, fields: fields[deletedField] === true ? undefined : fields };
}
