import type { Codec } from './codec.js';

export declare function structuredCodec<T>(): Codec<T>;
