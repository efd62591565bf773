/** First byte of a value that `writeStructured` wrote, version 1. Persisted: never renumbered. */
export const TAG = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** −2³¹ to 2³¹ − 1: zigzag, as a varint. */
  int32: 4,
  float64: 5,
  int64: 6,
  /** Hexadecimal digits as a string. */
  bigint: 7,
  string: 8,
  /** Epoch milliseconds as float64; NaN for an invalid date. */
  date: 9,
  array: 10,
  /** Keys and values in turn. */
  object: 11,
  /** A number, the keys that objects of this number have from here on, then this object's values. */
  objectWithList: 12,
  /** The number of keys that came before, then the values. */
  objectOfList: 13,
  /** An object without a prototype: one of the three kinds of object follows. */
  bare: 14,
  map: 15,
  set: 16,
  bytes: 17,
  /** Its kind, then its bytes, little-endian. */
  typedArray: 18,
  /** 0x40 to 0x7f: ASCII of 0 to 63 characters. */
  shortAscii: 0x40,
  /** 0x80 to 0xff: 0 to 127. */
  smallInt: 0x80,
} as const;

/** Values nested deeper are refused, both ways, before they can overflow the stack. */
export const MAX_DEPTH = 256;
