export { type AvroOptions, avro } from './formats/avro-format.js';
export { type SchemaRegistry, schemaRegistry } from './formats/schema-registry.js';
