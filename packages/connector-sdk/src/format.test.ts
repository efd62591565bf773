import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { bytes, json, text } from './format.js';
import type { StandardResult, StandardSchema } from './standard-schema.js';

const utf8 = (source: string) => new TextEncoder().encode(source);
const failure = (code: string) => expect.objectContaining({ code });
const schemaOf = <T>(validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>) =>
  ({ '~standard': { version: 1, vendor: 'acme', validate } }) satisfies StandardSchema<T>;

describe('json', () => {
  test('round-trips what JSON holds', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
        const format = json<unknown>();
        const plain: unknown = JSON.parse(JSON.stringify(value));
        expect(format.decode(format.encode(value))).toEqual(plain);
        expect(format.decodeText?.(JSON.stringify(value))).toEqual(plain);
      }),
    );
  });

  test('reads bytes from the midst of a buffer, with or without a byte-order mark', () => {
    const whole = utf8('xx{"a":"ä"}yy');
    expect(json().decode(whole.subarray(2, whole.length - 2))).toEqual({ a: 'ä' });
    expect(json().decode(utf8('\ufeff[1]'))).toEqual([1]);
    expect(json().decodeText?.('\ufeff[1]')).toEqual([1]);
  });

  test('`__proto__` is a field like any other', () => {
    const value = json<{ admin?: boolean }>().decode(utf8('{"__proto__":{"admin":true}}'));
    expect(value.admin).toBeUndefined();
    expect(Object.keys(value)).toEqual(['__proto__']);
  });

  test.each(['', '{', '{"card":4111111111111111', "{'a':1}", 'secret', 'undefined'])('refuses %j', (source) => {
    expect(() => json().decode(utf8(source))).toThrow(failure('SLUICE_JSON'));
    expect(() => json().decodeText?.(source)).toThrow(failure('SLUICE_JSON'));
  });

  test('an error never quotes the payload, nor carries an error that does', () => {
    try {
      json().decode(utf8('secret-4111'));
      expect.unreachable();
    } catch (error) {
      expect(String(error)).not.toContain('secret');
      expect((error as Error).cause).toBeUndefined();
    }
  });

  test('refuses bytes that are not UTF-8', () => {
    expect(() => json().decode(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(failure('SLUICE_UTF8'));
  });

  test.each([undefined, 10n, () => {}, Symbol('s')])('does not encode %s', (value) => {
    expect(() => json<unknown>().encode(value)).toThrow(failure('SLUICE_JSON'));
  });

  test('does not encode a cycle', () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => json<unknown>().encode(cycle)).toThrow(failure('SLUICE_JSON'));
  });

  test('gives what the schema makes of it, and its type', () => {
    const format = json(schemaOf<Date>((value) => ({ value: new Date(Number(value)) })));
    expectTypeOf(format.decode).returns.toEqualTypeOf<Date>();
    expect(format.decode(utf8('5'))).toEqual(new Date(5));
  });

  test('calls the schema as a method', () => {
    const standard = {
      version: 1 as const,
      vendor: 'acme',
      least: 3,
      validate(this: { least: number } | undefined, value: unknown): StandardResult<number> {
        return Number(value) >= (this?.least ?? Number.NaN)
          ? { value: Number(value) }
          : { issues: [{ message: 'small' }] };
      },
    };
    expect(json({ '~standard': standard }).decode(utf8('3'))).toBe(3);
  });

  test('names the issues and where they are', () => {
    const schema = schemaOf<number>(() => ({
      issues: [
        { message: 'not a number', path: ['rows', { key: 0 }, 'id'] },
        { message: 'too old' },
        ...Array.from({ length: 5 }, () => ({ message: 'and so on' })),
      ],
    }));
    expect(() => json(schema).decode(utf8('{"id":"secret"}'))).toThrow(failure('SLUICE_SCHEMA'));
    expect(() => json(schema).decode(utf8('{"id":"secret"}'))).toThrow(/rows\.0\.id: not a number; too old.*2 more/);
    expect(() => json(schema).decode(utf8('{"id":"secret"}'))).not.toThrow(/secret/);
  });

  test('refuses a schema that answers later', () => {
    const schema = schemaOf<number>(async () => ({ value: 1 }));
    expect(() => json(schema).decode(utf8('1'))).toThrow(failure('SLUICE_SCHEMA_ASYNC'));
  });
});

describe('text', () => {
  test('round-trips every well-formed string', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(text().decode(text().encode(value))).toBe(value);
      }),
    );
    expect(text().decode(utf8('\ufeffmark'))).toBe('\ufeffmark');
  });

  test.each([
    ['a stray byte', [0x61, 0xff]],
    ['a cut character', [0xe2, 0x82]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['an overlong form', [0xc0, 0xaf]],
  ])('refuses %s', (_name, payload) => {
    expect(() => text().decode(Uint8Array.from(payload))).toThrow(failure('SLUICE_UTF8'));
  });
});

test('bytes are the bytes', () => {
  const payload = Uint8Array.of(1, 2);
  expect(bytes().decode(payload)).toBe(payload);
  expect(bytes().encode(payload)).toBe(payload);
});
