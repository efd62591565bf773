import { wireFormat } from './confluent-frame.js';

const MOST_INDEXES = 64;

/** Which message of its file a value is of, as Confluent's serializers write it: zigzag varints, and a zero for the first message. */
export function encodeIndexes(indexes: readonly number[]): Uint8Array {
  if (indexes.length === 1 && indexes[0] === 0) return Uint8Array.of(0);
  const bytes: number[] = [];
  for (const number of [indexes.length, ...indexes]) {
    let rest = number * 2;
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
    bytes.push(rest);
  }
  return Uint8Array.from(bytes);
}

/** What follows the indexes. @throws SLUICE_KAFKA_WIRE_FORMAT */
export function skipIndexes(component: string, body: Uint8Array): Uint8Array {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = body[at++];
      if (byte === undefined) break;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value / 2;
    }
    throw wireFormat(component, 'no list of message indexes behind the id');
  };
  const count = varint();
  if (!Number.isInteger(count) || count > MOST_INDEXES)
    throw wireFormat(component, 'an impossible list of message indexes');
  for (let i = 0; i < count; i++) varint();
  return body.subarray(at);
}
