import type { ByteReader } from './byte-reader.js';
import type { ByteWriter } from './byte-writer.js';

export declare function writeStructured(writer: ByteWriter, value: unknown): void;
export declare function readStructured(reader: ByteReader): unknown;
