import { type Format, SluiceError } from '@sluice/connector-sdk';
import type { Type } from 'protobufjs';
import { checkedId, confluentFrame, confluentParts } from './confluent-frame.js';
import { encodeIndexes, skipIndexes } from './message-indexes.js';
import { protobufInput } from './protobuf-input.js';
import { protobufPlain } from './protobuf-plain.js';

/** How `protobuf` reads and writes. */
export interface ProtobufOptions {
  /** The message: `protobufjs.parse(source).root.lookupType('shop.Order')`, or of a root that was loaded otherwise. */
  readonly type: Type;
  /**
   * Values have Confluent's header. Any id is read, since Protobuf tells fields by their numbers whatever the writer's schema; to
   * write, name the `id` of the schema, and `indexes`, where in it the message stands (default `[0]`, the first).
   */
  readonly confluent?: boolean | { readonly id: number; readonly indexes?: readonly number[] };
  /** What 64-bit integers become. A number that would not be exact is refused. Default `'bigint'`. */
  readonly longs?: 'bigint' | 'number';
}

const COMPONENT = 'protobuf';

/**
 * Protobuf, by the package `protobufjs`: bare messages or Confluent's wire format.
 *
 * Messages come as plain objects with every field: one that is not on the wire has its default, or is missing where it is `optional`, a
 * message or part of a `oneof`. Enums are their names (numbers of no name stay numbers), bytes Uint8Array, maps objects. Unknown fields are dropped.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once for a type that is none. SLUICE_KAFKA_PROTOBUF for bytes or values that are not of the type, SLUICE_KAFKA_WIRE_FORMAT
 * for bytes without Confluent's header. No value is ever quoted.
 *
 * @example
 * import protobufjs from 'protobufjs';
 * import { protobuf } from '@sluice/kafka/protobuf';
 *
 * const { root } = protobufjs.parse('syntax = "proto3"; message Click { string user = 1; int64 ms = 2; }');
 * const format = protobuf<{ user: string; ms: bigint }>({ type: root.lookupType('Click') });
 * console.log(format.decode(format.encode({ user: 'a', ms: 5n })).ms); // 5n
 */
export function protobuf<T>(options: ProtobufOptions): Format<T> {
  const { type, confluent = false, longs = 'bigint' } = options;
  checkType(type);
  const header = typeof confluent === 'object' ? confluentHeader(confluent) : undefined;

  return {
    decode(bytes) {
      const body = confluent === false ? bytes : skipIndexes(COMPONENT, confluentParts(COMPONENT, bytes).body);
      try {
        const message = type.decode(body);
        return protobufPlain(type.toObject(message, { longs: BigInt, enums: String, defaults: true }), longs) as T;
      } catch {
        throw new SluiceError({
          code: 'SLUICE_KAFKA_PROTOBUF',
          component: COMPONENT,
          expected: `a message of type ${type.fullName}`,
          actual: `${bytes.length} bytes that are none`,
          remedy: 'name the type that they were written as; integers beyond 2^53 need `longs: "bigint"`',
        });
      }
    },
    encode(value) {
      const body = encoded(type, value);
      if (confluent === false) return body;
      const { id, indexes } = header ?? { id: checkedId(COMPONENT, undefined), indexes: new Uint8Array() };
      return confluentFrame(id, indexes, body);
    },
  };
}

function checkType(type: Type): void {
  try {
    if (typeof type.decode === 'function' && typeof type.fullName === 'string') {
      type.resolveAll();
      return;
    }
  } catch {
    // A type that refers to what its root has not.
  }
  throw new SluiceError({
    code: 'SLUICE_KAFKA_OPTIONS',
    component: COMPONENT,
    expected: 'option `type` to be a type of protobufjs whose references its root resolves',
    actual: typeof type,
    remedy: 'give `root.lookupType(name)`',
  });
}

function confluentHeader({ id, indexes = [0] }: { readonly id: number; readonly indexes?: readonly number[] }) {
  if (indexes.length === 0 || !indexes.every((index) => Number.isSafeInteger(index) && index >= 0 && index < 65_536)) {
    throw new SluiceError({
      code: 'SLUICE_KAFKA_OPTIONS',
      component: COMPONENT,
      expected: 'option `confluent.indexes` to be the positions, from 0, that lead to the message in its file',
      actual: 'others',
      remedy: 'give [0] for the first message of the file, [1, 0] for the first one inside the second',
    });
  }
  return { id: checkedId(COMPONENT, id), indexes: encodeIndexes(indexes) };
}

function encoded(type: Type, value: unknown): Uint8Array {
  let actual: string;
  try {
    const input = protobufInput(type, value);
    const wrong = type.verify(input);
    if (wrong === null) return new Uint8Array(type.encode(type.create(input)).finish());
    // It names the field and what it should be.
    actual = `one that is not: ${wrong.slice(0, 200)}`;
  } catch (error) {
    actual = error instanceof RangeError ? `one that is not: ${error.message.slice(0, 200)}` : 'something else';
  }
  throw new SluiceError({
    code: 'SLUICE_KAFKA_PROTOBUF',
    component: COMPONENT,
    expected: `a value of type ${type.fullName}`,
    actual,
    remedy: 'map the value to the fields of the type',
  });
}
