import { SluiceError } from './error.js';
import type { StandardSchema } from './standard-schema.js';

/** From the wire: the record of a topic, the line of a file. */
export interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}

/** To the wire. */
export interface Encoder<T> {
  encode(value: T): Uint8Array;
}

/** Both ways. What is persisted by Sluice itself has a `Codec` instead, which carries versions. */
export interface Format<T> extends Decoder<T>, Encoder<T> {}

export declare function json<T>(schema?: StandardSchema<T>): Format<T>;
export declare function text(): Format<string>;
export declare function bytes(): Format<Uint8Array>;
