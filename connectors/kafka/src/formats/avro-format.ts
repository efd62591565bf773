import { type Format, SluiceError } from '@sluice/connector-sdk';
import avsc from 'avsc';
import { type AvroBounds, avroBounds } from './avro-bounds.js';
import { longType } from './avro-long.js';
import { avroPlain } from './avro-plain.js';
import { checkedId, confluentFrame, confluentParts } from './confluent-frame.js';
import { type SchemaRegistry, unknownSchema } from './schema-registry.js';

/** How `avro` reads and writes. */
export interface AvroOptions {
  /** The schema, as parsed JSON: values are written with it, and what was written with another one is read as this one says. */
  readonly schema: unknown;
  /** The schema that values on the wire were written with, when it is another and there is no registry. */
  readonly writerSchema?: unknown;
  /** Values have Confluent's header, and the schema with which each was written is looked up here. Needs `id` to write. */
  readonly registry?: SchemaRegistry;
  /** The id under which the registry knows `schema`. */
  readonly id?: number;
  /** What a `long` becomes. A number that would not be exact is refused. Default `'number'`. */
  readonly longs?: 'number' | 'bigint';
}

const COMPONENT = 'avro';
/** Schemas come with ids out of records, which anybody may write: no more of them are kept than this. */
const MOST_WRITERS = 1_000;

interface Reading {
  readonly type: avsc.Type;
  readonly bounds: AvroBounds;
  /** Undefined when what is read was written with the reader's own schema. */
  readonly resolver: ReturnType<avsc.Type['createResolver']> | undefined;
}

/**
 * Avro, by the package `avsc`: a schema for all values, or Confluent's wire format with the schemas of a registry.
 *
 * Records come as plain objects, bytes as Uint8Array, and a union as its value, except where the library cannot tell the branches apart: there
 * it is `{ branch: value }`. Schemas evolve as Avro says: fields that the writer had and `schema` has not are skipped, those that it had
 * not are filled with their defaults.
 *
 * @throws SLUICE_KAFKA_OPTIONS at once for a schema that is none, and SLUICE_KAFKA_SCHEMA_EVOLUTION for a `writerSchema` that cannot be read
 * as `schema`. While decoding: SLUICE_KAFKA_AVRO for bytes that are not of their schema, SLUICE_KAFKA_WIRE_FORMAT,
 * SLUICE_KAFKA_SCHEMA_UNKNOWN and SLUICE_KAFKA_SCHEMA_EVOLUTION with a registry. While encoding: SLUICE_KAFKA_AVRO. No value is ever quoted.
 *
 * @example
 * import { avro } from '@sluice/kafka/avro';
 *
 * const format = avro<{ user: string; ms: number }>({
 *   schema: { type: 'record', name: 'Click', fields: [{ name: 'user', type: 'string' }, { name: 'ms', type: 'int' }] },
 * });
 * console.log(format.decode(format.encode({ user: 'a', ms: 5 })).ms); // 5
 */
export function avro<T>(options: AvroOptions): Format<T> {
  const { registry, longs = 'number' } = options;
  const type = typeOf(options.schema, longs, 'schema');
  const id = options.id === undefined ? undefined : checkedId(COMPONENT, options.id);
  const own: Reading = { type, bounds: avroBounds(type), resolver: undefined };
  const fixed =
    options.writerSchema === undefined ? own : readingOf(typeOf(options.writerSchema, longs, 'writerSchema'), type);
  const byId = new Map<number, Reading>();

  function readingById(writerId: number, known: SchemaRegistry): Reading {
    const before = byId.get(writerId);
    if (before !== undefined) return before;
    const schema = known.schemaOf(writerId);
    if (schema === undefined) throw unknownSchema(COMPONENT, writerId);
    if (byId.size >= MOST_WRITERS) byId.clear();
    const reading = readingOf(typeOf(schema, longs, 'registry'), type);
    byId.set(writerId, reading);
    return reading;
  }

  return {
    decode(bytes) {
      if (registry === undefined) return read(fixed, type, bytes) as T;
      const { id: writerId, body } = confluentParts(COMPONENT, bytes);
      return read(readingById(writerId, registry), type, body) as T;
    },
    encode(value) {
      const body = written(type, value);
      if (registry === undefined) return body;
      return confluentFrame(checkedId(COMPONENT, id), body);
    },
  };
}

function typeOf(schema: unknown, longs: 'number' | 'bigint', option: string): avsc.Type {
  try {
    // The library takes a type of its own as it is, and completes the schema that it is given in place.
    return avsc.Type.forSchema(structuredClone(schema) as Parameters<typeof avsc.Type.forSchema>[0], {
      registry: { long: longType(longs) },
    });
  } catch (cause) {
    throw new SluiceError({
      code: 'SLUICE_KAFKA_OPTIONS',
      component: COMPONENT,
      expected: `\`${option}\` to hold an Avro schema`,
      actual: cause instanceof Error ? cause.message.slice(0, 200) : 'something else',
      remedy: `correct \`${option}\`; a schema that refers to others has to contain them`,
    });
  }
}

function readingOf(writer: avsc.Type, reader: avsc.Type): Reading {
  try {
    return { type: writer, bounds: avroBounds(writer), resolver: reader.createResolver(writer) };
  } catch (cause) {
    throw new SluiceError({
      code: 'SLUICE_KAFKA_SCHEMA_EVOLUTION',
      component: COMPONENT,
      expected: 'a value that was written with a schema that `schema` can read',
      actual: cause instanceof Error ? cause.message.slice(0, 200) : 'another one',
      remedy: 'give new fields a default in `schema`, and change types only as Avro allows',
    });
  }
}

function read({ bounds, resolver }: Reading, type: avsc.Type, bytes: Uint8Array): unknown {
  if (!bounds(bytes)) throw notOfSchema(bytes.length);
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return avroPlain(type.fromBuffer(buffer, resolver));
  } catch {
    throw notOfSchema(bytes.length);
  }
}

function notOfSchema(length: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_AVRO',
    component: COMPONENT,
    expected: 'a value of its schema',
    actual: `${length} bytes that are none`,
    remedy: 'name the schema that they were written with; a long beyond 2^53 needs `longs: "bigint"`',
  });
}

function written(type: avsc.Type, value: unknown): Uint8Array {
  const wrong: string[] = [];
  try {
    if (type.isValid(value, { errorHook: (path) => void wrong.push(path.join('.')) })) return type.toBuffer(value);
  } catch {
    // Values that break the library while it looks are not of the schema either.
  }
  throw new SluiceError({
    code: 'SLUICE_KAFKA_AVRO',
    component: COMPONENT,
    expected: 'a value of `schema`',
    actual: wrong.length === 0 || wrong[0] === '' ? 'another one' : `another one, by its field ${wrong[0]}`,
    remedy: 'map the value to what the schema says',
  });
}
