import avsc from 'avsc';

interface LongMethods<N> {
  fromBuffer(bytes: Buffer): N;
  toBuffer(value: N): Buffer;
  fromJSON(value: number | string): N;
  toJSON(value: N): number | string;
  isValid(value: unknown): boolean;
  compare(a: N, b: N): number;
}

/** A long that is a bigint in JavaScript: exact in all its 64 bits. */
const BIGINTS: LongMethods<bigint> = {
  fromBuffer: (bytes) => bytes.readBigInt64LE(),
  toBuffer(value) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeBigInt64LE(value);
    return bytes;
  },
  fromJSON: (value) => BigInt(value),
  toJSON: (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value.toString()),
  isValid: (value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value,
  compare: (a, b) => (a === b ? 0 : a < b ? -1 : 1),
};

/** A long that is a number, and exact: the library's own is off by one, or of the other sign, beyond 2^52. */
const NUMBERS: LongMethods<number> = {
  fromBuffer(bytes) {
    const value = bytes.readInt32LE(4) * 2 ** 32 + bytes.readUInt32LE(0);
    if (!Number.isSafeInteger(value)) throw new RangeError('inexact');
    return value;
  },
  toBuffer(value) {
    const bytes = Buffer.allocUnsafe(8);
    bytes.writeUInt32LE(value >>> 0, 0);
    bytes.writeInt32LE(Math.floor(value / 2 ** 32), 4);
    return bytes;
  },
  fromJSON: Number,
  toJSON: (value) => value,
  isValid: Number.isSafeInteger,
  compare: (a, b) => a - b,
};

export function longType(longs: 'number' | 'bigint'): avsc.Type {
  const { LongType } = avsc.types as unknown as {
    LongType: { __with(methods: LongMethods<bigint> | LongMethods<number>): avsc.Type };
  };
  return LongType.__with(longs === 'bigint' ? BIGINTS : NUMBERS);
}
