import { structuredCodec } from '@sluice/connector-sdk';
import fc from 'fast-check';
import protobufjs from 'protobufjs';
import { describe, expect, it } from 'vitest';
import { protobuf } from './protobuf-format.js';

const { root } = protobufjs.parse(`
  syntax = "proto3";
  package shop;
  enum Kind { PLAIN = 0; GOLD = 1; }
  message Inner { bool ok = 1; Inner next = 2; }
  message Order {
    string id = 1; int64 cents = 2; uint64 big = 3; repeated string tags = 4; map<string, int64> counts = 5; bytes raw = 6;
    Kind kind = 7; Inner inner = 8; double rate = 9; repeated int32 numbers = 10;
    oneof payment { string card = 11; int32 cash = 12; }
  }
`);
const type = root.lookupType('shop.Order');

interface Order {
  readonly id: string;
  readonly cents: bigint;
  readonly big: bigint;
  readonly tags: readonly string[];
  readonly counts: Readonly<Record<string, bigint>>;
  readonly raw: Uint8Array;
  readonly kind: 'PLAIN' | 'GOLD';
  readonly inner?: { readonly ok: boolean } | null;
  readonly rate: number;
  readonly numbers: readonly number[];
}

const text = fc.string({ unit: 'grapheme' });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const order: fc.Arbitrary<Order> = fc.record({
  id: text,
  cents: int64,
  big: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  tags: fc.array(text),
  counts: fc
    .array(
      fc.tuple(
        text.filter((key) => key !== '__proto__'),
        int64,
      ),
    )
    .map((entries) => Object.fromEntries(entries)),
  raw: fc.uint8Array(),
  kind: fc.constantFrom('PLAIN' as const, 'GOLD' as const),
  rate: fc.double({ noNaN: true }),
  numbers: fc.array(fc.integer()),
});

const code = (code: string) => expect.objectContaining({ code });

describe('protobuf', () => {
  const format = protobuf<Order>({ type });

  it('gives back what was encoded, as plain values that a state can keep', () => {
    const codec = structuredCodec<Order>();
    fc.assert(
      fc.property(order, (value) => {
        const decoded = format.decode(format.encode(value));
        expect(decoded).toEqual({ ...value, inner: null });
        expect(codec.decode(codec.version, codec.encode(decoded))).toEqual(decoded);
      }),
    );
  });

  it('gives nested messages and the branch of a oneof', () => {
    const empty = format.decode(new Uint8Array());
    const value = { ...empty, inner: { ok: true }, card: 'c' } as Order;
    expect(format.decode(format.encode(value))).toMatchObject({ inner: { ok: true }, card: 'c', kind: 'PLAIN' });
    expect(format.decode(format.encode(format.decode(format.encode(value))))).toMatchObject({ card: 'c' });
  });

  it('answers hostile bytes with a value or an error of its own', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          format.decode(bytes);
        } catch (error) {
          expect(error).toEqual(code('SLUICE_KAFKA_PROTOBUF'));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['a length beyond the end', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['a packed list beyond the end', [0x52, 0xff, 0xff, 0xff, 0x7f, 1, 2]],
    ['nesting without end', Array.from({ length: 3_000 }, () => [0x42, 0x7f]).flat()],
    ['groups without end', Array.from({ length: 100_000 }, () => 0x0b)],
  ])('refuses %s', (_what, bytes) => {
    expect(() => format.decode(Uint8Array.from(bytes))).toThrow(code('SLUICE_KAFKA_PROTOBUF'));
  });

  it('lets no key of a map touch a prototype', () => {
    const entry = [0x0a, 9, ...Buffer.from('__proto__'), 0x10, 1];
    format.decode(Uint8Array.from([0x2a, entry.length, ...entry]));
    expect(({} as Record<string, unknown>)['0']).toBeUndefined();
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it.each([
    ['a misspelt field', { idd: 'secret' }, /no field "idd"/],
    ['another type', { id: 5 }, /id: string expected/],
    ['a fraction for a long', { cents: 1.5 }, /cents: exact integer/],
    ['a long that is too large', { cents: 2n ** 63n }, /cents: integer of 64 bits/],
    ['a negative unsigned long', { big: -1n }, /big: integer of 64 bits/],
    ['an unknown enum', { kind: 'secret' }, /kind: enum value/],
    ['no object', 'secret', /object expected/],
  ])('refuses %s, by its field and without its value', (_what, value, message) => {
    expect(() => format.encode(value as unknown as Order)).toThrow(message);
    expect(() => format.encode(value as unknown as Order)).not.toThrow(/secret/);
  });

  it('gives numbers for longs when asked to, and refuses those that are not exact', () => {
    const numbers = protobuf<{ cents: number }>({ type, longs: 'number' });
    expect(numbers.decode(numbers.encode({ cents: 5 })).cents).toBe(5);
    expect(() => numbers.decode(format.encode({ cents: 2n ** 60n } as Order))).toThrow(code('SLUICE_KAFKA_PROTOBUF'));
  });

  it('refuses a type that is none', () => {
    expect(() => protobuf({ type: {} as protobufjs.Type })).toThrow(code('SLUICE_KAFKA_OPTIONS'));
  });
});

describe("protobuf in Confluent's wire format", () => {
  it.each([
    [[0], [0, 0, 0, 0, 5, 0]],
    [[1], [0, 0, 0, 0, 5, 2, 2]],
    [
      [2, 0],
      [0, 0, 0, 0, 5, 4, 4, 0],
    ],
    [[100], [0, 0, 0, 0, 5, 2, 0xc8, 0x01]],
  ])('has the indexes %j', (indexes, header) => {
    const format = protobuf<{ id: string }>({ type, confluent: { id: 5, indexes } });
    const bytes = format.encode({ id: 'x' });
    expect([...bytes.subarray(0, header.length)]).toEqual(header);
    expect(format.decode(bytes).id).toBe('x');
    expect(protobuf<{ id: string }>({ type, confluent: true }).decode(bytes).id).toBe('x');
  });

  it('refuses bytes without it', () => {
    const format = protobuf({ type, confluent: true });
    expect(() => format.decode(Uint8Array.of(9, 9, 9, 9, 9, 9))).toThrow(code('SLUICE_KAFKA_WIRE_FORMAT'));
    expect(() => format.decode(Uint8Array.of(0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff))).toThrow(
      code('SLUICE_KAFKA_WIRE_FORMAT'),
    );
    expect(() => format.encode({})).toThrow(code('SLUICE_KAFKA_OPTIONS'));
  });
});
