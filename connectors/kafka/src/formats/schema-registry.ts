import { SluiceError } from '@sluice/connector-sdk';

/**
 * The schemas that values may have been written with, by the id that stands before each value.
 *
 * Decoding is synchronous, so this is too: what it knows has to be loaded before the job starts. For an id that it does not know it may
 * answer `undefined` and begin to fetch it: the value is a poison record this time; with `poison: 'fail'` and a restart strategy
 * the next try finds it.
 */
export interface SchemaRegistry {
  /** The schema as parsed JSON (Avro), or `undefined` when it is not known, or not yet. */
  schemaOf(id: number): unknown;
}

/**
 * A registry of schemas that are at hand.
 *
 * @param schemas Schema by id.
 *
 * @example
 * import { schemaRegistry } from '@sluice/kafka/avro';
 *
 * const registry = schemaRegistry({ 7: { type: 'record', name: 'Click', fields: [{ name: 'user', type: 'string' }] } });
 * console.log(registry.schemaOf(8)); // undefined
 */
export function schemaRegistry(schemas: Readonly<Record<number, unknown>>): SchemaRegistry {
  const byId = new Map(Object.entries(schemas).map(([id, schema]) => [Number(id), schema]));
  return { schemaOf: (id) => byId.get(id) };
}

export function unknownSchema(component: string, id: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_SCHEMA_UNKNOWN',
    component,
    expected: 'a schema that the registry has loaded',
    actual: `id ${id}, which it has not`,
    remedy: 'load the schema of this id before the job starts',
    transient: true,
  });
}
