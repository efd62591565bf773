import { ByteReader, ByteWriter, readStructured, writeStructured } from '@sluice/connector-sdk';

/** A copy of a value, as a checkpoint would keep it. */
export function structuredCopy(value: unknown): unknown {
  const writer = new ByteWriter(64);
  writeStructured(writer, value);
  return readStructured(new ByteReader(writer.finish()));
}
