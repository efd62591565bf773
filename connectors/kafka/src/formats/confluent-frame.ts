import { SluiceError } from '@sluice/connector-sdk';

const MAGIC = 0;
const HEADER = 5;
const LARGEST_ID = 0x7fff_ffff;

/** Puts the header of Confluent's serializers before a body: a zero and the schema's id. */
export function confluentFrame(id: number, ...body: readonly Uint8Array[]): Uint8Array {
  const framed = Buffer.allocUnsafe(body.reduce((sum, { length }) => sum + length, HEADER));
  framed.writeUInt8(MAGIC, 0);
  framed.writeInt32BE(id, 1);
  let at = HEADER;
  for (const part of body) {
    framed.set(part, at);
    at += part.length;
  }
  return framed;
}

/** @throws SLUICE_KAFKA_WIRE_FORMAT */
export function confluentParts(
  component: string,
  bytes: Uint8Array,
): { readonly id: number; readonly body: Uint8Array } {
  if (bytes.length < HEADER || bytes[0] !== MAGIC) {
    throw wireFormat(component, bytes.length < HEADER ? `${bytes.length} bytes` : `a first byte of ${bytes[0]}`);
  }
  const id = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(1);
  return { id, body: bytes.subarray(HEADER) };
}

export function wireFormat(component: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_WIRE_FORMAT',
    component,
    expected: "a value as Confluent's serializers frame it: a zero, the id of its schema, the body",
    actual,
    remedy: 'leave the registry options out for values that are written without a registry',
  });
}

/** @throws SLUICE_KAFKA_OPTIONS */
export function checkedId(component: string, id: unknown): number {
  if (Number.isSafeInteger(id) && (id as number) >= 0 && (id as number) <= LARGEST_ID) return id as number;
  throw new SluiceError({
    code: 'SLUICE_KAFKA_OPTIONS',
    component,
    expected: 'option `id` to be the id under which the registry knows the schema',
    actual: String(id),
    remedy: 'look it up in the registry, and set `id`',
  });
}
