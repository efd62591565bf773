import type { DocumentWrite } from '../documents/document-write.js';

/** The lines of one write in a bulk request. An update is sent whole as well: the server's own takes no external version. */
export function bulkLines<T>({ place, version, source }: DocumentWrite<T>, pipeline: string | undefined): string[] {
  const { index: _index, id: _id, routing } = place;
  // What is undefined has no place in JSON.
  const where = { _index, _id, version, version_type: 'external', routing };
  if (source === undefined) return [JSON.stringify({ delete: where })];
  return [JSON.stringify({ index: pipeline === undefined ? where : { ...where, pipeline } }), source];
}
