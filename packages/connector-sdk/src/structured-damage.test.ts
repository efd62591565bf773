import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader } from './byte-reader.js';
import { SluiceError } from './error.js';
import { structuredCodec } from './structured-codec.js';
import { readStructured } from './structured-read.js';
import { value } from './structured-value.arbitrary.js';

// Hundreds of thousands of errors are thrown here, and nobody looks at where.
Error.stackTraceLimit = 0;

const codec = structuredCodec<unknown>();
const failure = (code: string) => expect.objectContaining({ code });

describe('damaged bytes', () => {
  const orFails = (bytes: Uint8Array) => {
    try {
      codec.decode(1, bytes);
      return undefined;
    } catch (error) {
      return error;
    }
  };

  test('every truncation is refused', () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = codec.encode(original);
        for (let length = 0; length < bytes.length; length++) {
          if (!SluiceError.isInstance(orFails(bytes.subarray(0, length)))) expect.unreachable(`${length} were enough`);
        }
      }),
    );
  });

  test('every single flipped bit gives a value or a SluiceError', () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = codec.encode(original);
        for (let bit = 0; bit < bytes.length * 8; bit++) {
          const flipped = bytes.slice();
          flipped[bit >>> 3] = (flipped[bit >>> 3] as number) ^ (1 << (bit & 7));
          const error = orFails(flipped);
          if (error !== undefined && !SluiceError.isInstance(error)) throw error;
        }
      }),
      { numRuns: 100 },
    );
  }, 180_000);

  test('any bytes give a value or a SluiceError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const error = orFails(bytes);
        expect(error === undefined || SluiceError.isInstance(error)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('a limit of the platform that only a decoder meets is told as damage', () => {
    const reader = new (class extends ByteReader {
      override string(): string {
        throw new RangeError('Invalid string length');
      }
    })(Uint8Array.of(8));
    expect(() => readStructured(reader)).toThrow(failure('SLUICE_CODEC_MALFORMED'));
  });

  test('bytes behind the value are refused', () => {
    expect(() => codec.decode(1, Uint8Array.of(0x80, 0))).toThrow(failure('SLUICE_CODEC_MALFORMED'));
  });

  test.each<[string, number[]]>([
    ['an unknown tag', [20]],
    ['keys that never came', [13, 0]],
    ['a bare value that is no object', [14, 10, 0]],
    ['a bigint without digits', [7, 0]],
    ['a bigint of other digits', [7, 2, 0x78]],
    ['an int32 of 33 bits', [4, 0x80, 0x80, 0x80, 0x80, 0x20]],
    ['an unknown kind of typed array', [18, 77, 0]],
    ['half an element', [18, 7, 1, 0]],
  ])('%s is refused', (_name, bytes) => {
    expect(() => codec.decode(1, Uint8Array.from(bytes))).toThrow(failure('SLUICE_CODEC_MALFORMED'));
  });

  test.each<[string, number]>([
    ['an array', 10],
    ['a map', 15],
    ['a set', 16],
    ['an object', 11],
    ['bytes', 17],
    ['a string', 8],
  ])('the absurd length of %s is refused before anything is allocated for it', (_name, tag) => {
    const bytes = Uint8Array.of(tag, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x80);
    const before = performance.now();
    expect(() => codec.decode(1, bytes)).toThrow(failure('SLUICE_CODEC_TRUNCATED'));
    expect(performance.now() - before).toBeLessThan(5_000);
  });
});
