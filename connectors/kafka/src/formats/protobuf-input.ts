import protobufjs, { type Field, type Type } from 'protobufjs';

const LONGS: ReadonlySet<string> = new Set(['int64', 'sint64', 'sfixed64', 'uint64', 'fixed64']);

/**
 * The value as the library wants it: it takes neither bigints nor names of enums where it verifies, and passes over fields that it does
 * not know, so that a misspelt one would be lost without a word.
 *
 * @throws RangeError for a field that the type has not, or a value that it cannot hold
 */
export function protobufInput(type: Type, value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new RangeError(`${type.name}: object expected`);
  const input: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const given = (value as Record<string, unknown>)[key];
    if (given === undefined) continue;
    const field = type.fields[key];
    if (field === undefined || !Object.hasOwn(type.fields, key)) {
      // A decoded value has, for each `oneof`, the name of the field that is set: it says nothing that the field itself does not.
      if (Object.hasOwn(type.oneofs ?? {}, key)) continue;
      throw new RangeError(`${type.name} has no field ${JSON.stringify(key.slice(0, 64))}`);
    }
    if (given === null) continue;
    input[key] = collection(field, given);
  }
  return input;
}

function collection(field: Field, given: unknown): unknown {
  if (field.repeated) return Array.isArray(given) ? given.map((item) => single(field, item)) : given;
  if (!field.map || typeof given !== 'object' || given === null) return single(field, given);
  const entries = Object.entries(given).map(([key, item]) => [key, single(field, item)] as const);
  return Object.fromEntries(entries);
}

function single(field: Field, given: unknown): unknown {
  const { resolvedType } = field;
  if (resolvedType instanceof protobufjs.Type) return protobufInput(resolvedType, given);
  if (resolvedType instanceof protobufjs.Enum) return enumNumber(field, resolvedType.values, given);
  return LONGS.has(field.type) ? long(field, given) : given;
}

function enumNumber({ name }: Field, values: Readonly<Record<string, number>>, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  if (Object.hasOwn(values, given)) return values[given];
  throw new RangeError(`${name}: enum value expected`);
}

function long({ name, type }: Field, given: unknown): unknown {
  const unsigned = type === 'uint64' || type === 'fixed64';
  if (typeof given === 'number' && !Number.isSafeInteger(given))
    throw new RangeError(`${name}: exact integer expected`);
  if (typeof given !== 'bigint' && typeof given !== 'number') throw new RangeError(`${name}: integer expected`);
  const exact = BigInt(given);
  if ((unsigned ? BigInt.asUintN(64, exact) : BigInt.asIntN(64, exact)) !== exact) {
    throw new RangeError(`${name}: integer of 64 bits expected`);
  }
  const bits = BigInt.asUintN(64, exact);
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)), unsigned };
}
