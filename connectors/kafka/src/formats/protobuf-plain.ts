/** Exact numbers where they are asked for, and bytes that hold on to no larger buffer. @throws RangeError */
export function protobufPlain(value: unknown, longs: 'bigint' | 'number'): unknown {
  if (typeof value === 'bigint' && longs === 'number') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError('inexact');
    return number;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => protobufPlain(item, longs));
  if (value instanceof Uint8Array) return new Uint8Array(value);
  const fields = value as Record<string, unknown>;
  for (const key of Object.keys(fields)) {
    const field = fields[key];
    if (key !== '__proto__' && (typeof field === 'object' || typeof field === 'bigint')) {
      fields[key] = protobufPlain(field, longs);
    }
  }
  return fields;
}
