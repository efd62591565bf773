/**
 * The same value with plain objects in the place of the library's own classes, which no state and no other connector could keep, and
 * with bytes that hold on to no larger buffer.
 */
export function avroPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(avroPlain);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof Date) return value;
  const plain: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const field = avroPlain((value as Record<string, unknown>)[key]);
    if (key !== '__proto__') plain[key] = field;
    else Object.defineProperty(plain, key, { value: field, enumerable: true, writable: true, configurable: true });
  }
  return plain;
}
