import { SluiceError } from '@sluice/connector-sdk';
import { isIndexName, NoSuchTime } from '../index-name.js';
import { ACTIONS, type SinkSettings } from '../sink-settings.js';
import type { DocumentPlace, Entry } from './entry.js';

// The line that goes before a document: names of its fields and what they hold, generously.
const BYTES_OF_ACTION = 150;
const MOST_BYTES_OF_ID = 512;

/**
 * What of an element the server is told. What it would refuse the whole request for is refused here, for this element alone.
 *
 * @throws SLUICE_ELASTICSEARCH_DOCUMENT, and what the functions of the options throw
 */
export function encodeEntry<T>(settings: SinkSettings<T>, value: T): Entry<T> {
  const action = settings.actionOf(value);
  if (!ACTIONS.includes(action)) {
    throw refusal(settings, "`action` to give 'index', 'update' or 'delete'", typeof action);
  }
  const place = placeOf(settings, value);
  const source = action === 'delete' ? '' : sourceOf(settings, value);
  const bytes = Buffer.byteLength(source) + Buffer.byteLength(place.id) + place.index.length + BYTES_OF_ACTION;
  return { value, place, action, source, bytes, version: versionOf(settings, value), attempts: 0 };
}

/** @throws SLUICE_ELASTICSEARCH_DOCUMENT */
export function placeOf<T>(settings: SinkSettings<T>, value: T): DocumentPlace {
  const id: unknown = settings.id(value);
  if (typeof id !== 'string' || id === '' || Buffer.byteLength(id) > MOST_BYTES_OF_ID || isBroken(id)) {
    const actual = typeof id === 'string' ? `text of ${Buffer.byteLength(id)} bytes` : typeof id;
    throw refusal(settings, `\`id\` to give well-formed text of 1 to ${MOST_BYTES_OF_ID} bytes`, actual);
  }
  const routing: unknown = settings.routing?.(value);
  if (routing !== undefined && (typeof routing !== 'string' || routing === '' || isBroken(routing))) {
    throw refusal(settings, '`routing` to give well-formed text or undefined', typeof routing);
  }
  return { index: settings.index.fixed ?? indexOf(settings, value), id, routing };
}

function indexOf<T>(settings: SinkSettings<T>, value: T): string {
  let name: unknown;
  try {
    name = settings.index.of(value);
  } catch (error) {
    if (error instanceof NoSuchTime)
      throw refusal(settings, '`index.timeOf` to give epoch milliseconds', error.message);
    throw error;
  }
  if (typeof name === 'string' && isIndexName(name)) return name;
  throw refusal(settings, '`index` to give the name of an index, in small letters', typeof name);
}

function sourceOf<T>(settings: SinkSettings<T>, value: T): string {
  const document: unknown = settings.document(value);
  let source: string | undefined;
  try {
    source = JSON.stringify(document);
  } catch {
    // What it says may quote the names of the document.
    throw refusal(settings, '`document` to give what JSON can hold', 'bigints, a cycle, or a `toJSON` that throws');
  }
  if (source?.startsWith('{')) return source;
  throw refusal(settings, '`document` to give an object', source === undefined ? 'nothing' : 'something else');
}

function versionOf<T>(settings: SinkSettings<T>, value: T): number | undefined {
  if (settings.version === undefined) return undefined;
  const given = settings.version(value);
  const number = typeof given === 'bigint' ? Number(given) : given;
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw refusal(settings, '`version` to give a whole number from 0 to 2^53 - 1', typeof given);
}

/** Half of a surrogate pair: no UTF-8 has it, and the request would be no JSON. */
function isBroken(text: string): boolean {
  return /\p{Surrogate}/u.test(text);
}

function refusal({ component }: { readonly component: string }, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_DOCUMENT',
    component,
    expected,
    actual,
    remedy: 'correct this option, or give `to(...)` a `rejected` output',
  });
}
