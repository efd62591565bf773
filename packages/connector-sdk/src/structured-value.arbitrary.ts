import fc from 'fast-check';

const loneSurrogates = fc
  .array(fc.integer({ min: 0xd7f0, max: 0xe010 }), { maxLength: 80 })
  .map((units) => String.fromCharCode(...units));
const key = fc.oneof(
  fc.string({ maxLength: 6 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'length', '0', '-1', ''),
);
export const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(
        undefined,
        null,
        true,
        false,
        Number.NaN,
        -0,
        0,
        Infinity,
        -Infinity,
        127,
        128,
        -1,
        2 ** 31,
        -(2 ** 31),
        2 ** 31 - 1,
        2 ** 53,
      ),
      fc.double(),
      fc.integer(),
      fc.bigInt(),
      fc.bigInt({ min: -5n, max: 5n }),
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ maxLength: 80 }),
      loneSurrogates,
      // Two invalid dates are not equal to `isDeepStrictEqual`.
      fc.date({ noInvalidDate: true }),
      fc.uint8Array(),
      fc.float64Array({ maxLength: 4 }),
      fc.int16Array({ maxLength: 4 }),
    ),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => fromEntries({}, entries)),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((entries) => fromEntries(Object.create(null), entries)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
    fc.array(tie('value'), { maxLength: 4 }).map((items) => new Set(items)),
  ),
}));

/** By definition and not by assignment: `__proto__` is a field. */
export function fromEntries(object: object, entries: readonly (readonly [string, unknown])[]): object {
  for (const [name, item] of entries) {
    Object.defineProperty(object, name, { value: item, enumerable: true, writable: true, configurable: true });
  }
  return object;
}
