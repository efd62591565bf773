/** The fields of a document. */
export type Fields = Readonly<Record<string, unknown>>;

/** As the server merges a partial document: objects field by field, everything else, arrays included, replaces what was there. */
export function mergeDocument(base: Fields, changes: Fields): Fields {
  const merged = new Map(Object.entries(base));
  for (const [name, change] of Object.entries(changes)) {
    const before = merged.get(name);
    merged.set(name, isObject(before) && isObject(change) ? mergeDocument(before, change) : change);
  }
  // Defines the fields, whatever they are called: nothing is written through `__proto__`.
  return Object.fromEntries(merged);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
