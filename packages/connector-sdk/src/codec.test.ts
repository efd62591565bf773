import { describe, expect, test } from 'vitest';
import { type Codec, defineCodec } from './codec.js';

const flag: Codec<boolean> = {
  version: 1,
  encode: (value) => Uint8Array.of(value ? 1 : 0),
  decode: (_version, [byte]) => byte === 1,
};

describe('defineCodec', () => {
  test('is identity', () => {
    expect(defineCodec(flag)).toBe(flag);
  });

  test('gives its parameters their types', () => {
    const codec = defineCodec({
      version: 0,
      encode: (value: Date) => Uint8Array.of(value.getDate()),
      decode: (version, bytes) => new Date(version, bytes.length),
    });
    expect(codec.decode(2000, new Uint8Array(2)).getMonth()).toBe(2);
  });

  test.each<[string, object | null | undefined]>([
    ['null', null],
    ['nothing', undefined],
    ['no version', { ...flag, version: undefined }],
    ['a negative version', { ...flag, version: -1 }],
    ['a fractional version', { ...flag, version: 1.5 }],
    ['a version that is a string', { ...flag, version: '1' }],
    ['no encode', { ...flag, encode: undefined }],
    ['no decode', { ...flag, decode: 3 }],
    ['write without read', { ...flag, write() {} }],
    ['read without write', { ...flag, read() {} }],
  ])('refuses %s', (_name, codec) => {
    expect(() => defineCodec(codec as Codec<unknown>)).toThrow(
      expect.objectContaining({ code: 'SLUICE_CODEC_DEFINITION' }),
    );
  });
});
