/** As much of a Readable of Node as is needed here. */
export interface ReadableInput extends AsyncIterable<unknown> {
  /** The next element at hand, or null. */
  read(): unknown;
  destroy(): unknown;
}

/** Recognised by its shape: there are Readables of other packages, and there may be no `node:stream`. */
export function isReadable(input: unknown): input is ReadableInput {
  if (typeof input !== 'object' || input === null || !(Symbol.asyncIterator in input)) return false;
  const { read, destroy, pipe } = input as Partial<Record<string, unknown>>;
  return typeof read === 'function' && typeof destroy === 'function' && typeof pipe === 'function';
}
