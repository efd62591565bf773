import { structuredCodec } from '@sluice/connector-sdk';
import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avro } from './avro-format.js';
import { confluentFrame } from './confluent-frame.js';
import { schemaRegistry } from './schema-registry.js';

const CLICK = {
  type: 'record',
  name: 'Click',
  fields: [
    { name: 'user', type: 'string' },
    { name: 'ms', type: 'long' },
    { name: 'tags', type: { type: 'array', items: 'string' } },
    { name: 'counts', type: { type: 'map', values: 'int' } },
    { name: 'at', type: ['null', 'double'], default: null },
    { name: 'raw', type: 'bytes' },
    { name: 'kind', type: { type: 'enum', name: 'Kind', symbols: ['A', 'B'] } },
    { name: 'inner', type: ['null', { type: 'record', name: 'Inner', fields: [{ name: 'ok', type: 'boolean' }] }] },
  ],
} as const;

interface Click {
  readonly user: string;
  readonly ms: number;
  readonly tags: readonly string[];
  readonly counts: Readonly<Record<string, number>>;
  readonly at: number | null;
  readonly raw: Uint8Array;
  readonly kind: 'A' | 'B';
  readonly inner: { readonly ok: boolean } | null;
}

const key = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__');
const click: fc.Arbitrary<Click> = fc.record({
  user: fc.string({ unit: 'grapheme' }),
  ms: fc.maxSafeInteger(),
  tags: fc.array(fc.string({ unit: 'grapheme' })),
  counts: fc.array(fc.tuple(key, fc.integer())).map((entries) => Object.fromEntries(entries)),
  at: fc.option(fc.double({ noNaN: true })),
  raw: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  kind: fc.constantFrom('A' as const, 'B' as const),
  inner: fc.option(fc.record({ ok: fc.boolean() })),
});

const plain = (value: Click) => ({ ...value, raw: new Uint8Array(value.raw) });
const code = (code: string) => expect.objectContaining({ code });

describe('avro', () => {
  const format = avro<Click>({ schema: CLICK });

  it('gives back what was encoded, as plain values that a state can keep', () => {
    const codec = structuredCodec<Click>();
    fc.assert(
      fc.property(click, (value) => {
        const decoded = format.decode(format.encode(value));
        expect(decoded).toEqual(plain(value));
        expect(codec.decode(codec.version, codec.encode(decoded))).toEqual(plain(value));
      }),
    );
  });

  it('decodes what the library itself encodes', () => {
    const type = avsc.Type.forSchema(structuredClone(CLICK) as unknown as Parameters<typeof avsc.Type.forSchema>[0]);
    const exact = click.map((value) => ({ ...value, ms: value.ms % 2 ** 50 }));
    fc.assert(fc.property(exact, (value) => void expect(format.decode(type.toBuffer(value))).toEqual(plain(value))));
  });

  it('answers hostile bytes with an error of its own, never with a hang or a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          format.decode(bytes);
        } catch (error) {
          expect(error).toEqual(code('SLUICE_KAFKA_AVRO'));
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('answers every truncation and every changed byte with a value or its error', () => {
    fc.assert(
      fc.property(click, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, at, change) => {
        const bytes = format.encode(value);
        expect(() => format.decode(bytes.subarray(0, at % bytes.length))).toThrow(code('SLUICE_KAFKA_AVRO'));
        const damaged = new Uint8Array(bytes);
        damaged[at % bytes.length] = (damaged[at % bytes.length] as number) ^ change;
        try {
          format.decode(damaged);
        } catch (error) {
          expect(error).toEqual(code('SLUICE_KAFKA_AVRO'));
        }
      }),
    );
  });

  it.each([
    ['counts of items without bytes', { type: 'array', items: 'null' }, [0xfe, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00]],
    ['counts beyond every number', { type: 'map', values: 'int' }, Array.from({ length: 400 }, () => 0xff)],
    ['counts of a long array', { type: 'array', items: 'string' }, [0xfe, 0xff, 0xff, 0xff, 0x0f]],
    ['block sizes that lead back', { type: 'array', items: 'int' }, [0x01, 0x03, 0x02, 0x00]],
    ['lengths of a string', 'string', [0xfe, 0xff, 0xff, 0xff, 0xff, 0x0f]],
    ['negative lengths', 'bytes', [0x03, 0x00]],
  ])('refuses hostile %s at once', (_what, schema, bytes) => {
    const started = performance.now();
    expect(() => avro({ schema }).decode(Uint8Array.from(bytes))).toThrow(code('SLUICE_KAFKA_AVRO'));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it('refuses recursion deeper than the stack', () => {
    const schema = { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] };
    expect(() => avro({ schema }).decode(new Uint8Array(1_000_000).fill(2))).toThrow(code('SLUICE_KAFKA_AVRO'));
  });

  it('never quotes a value', () => {
    const value = { ...({} as Click), user: 'secret' };
    expect(() => format.encode(value)).toThrow(code('SLUICE_KAFKA_AVRO'));
    try {
      format.encode({ ...value, user: 7 as unknown as string });
    } catch (error) {
      expect(String(error)).toMatch(/by its field/);
      expect(String(error)).not.toMatch(/secret/);
    }
  });

  it('refuses a long that no number holds, and gives it as a bigint when asked to', () => {
    const bytes = avro<bigint>({ schema: 'long', longs: 'bigint' }).encode(2n ** 62n);
    expect(() => avro({ schema: 'long' }).decode(bytes)).toThrow(code('SLUICE_KAFKA_AVRO'));
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const longs = avro<{ n: readonly bigint[] }>({
          schema: { type: 'record', name: 'L', fields: [{ name: 'n', type: { type: 'array', items: 'long' } }] },
          longs: 'bigint',
        });
        expect(longs.decode(longs.encode({ n: [value] }))).toEqual({ n: [value] });
      }),
    );
  });

  it('refuses a schema that is none, and one that cannot be read as the other', () => {
    expect(() => avro({ schema: { type: 'nothing' } })).toThrow(code('SLUICE_KAFKA_OPTIONS'));
    expect(() => avro({ schema: 'int', writerSchema: 'string' })).toThrow(code('SLUICE_KAFKA_SCHEMA_EVOLUTION'));
  });
});

describe('schema evolution', () => {
  const older = {
    type: 'record',
    name: 'V',
    fields: [
      { name: 'a', type: 'int' },
      { name: 'gone', type: 'string' },
    ],
  };
  const newer = {
    type: 'record',
    name: 'V',
    fields: [
      { name: 'a', type: 'long' },
      { name: 'b', type: 'string', default: 'none' },
    ],
  };

  it('reads as the reader says: fields added, dropped and widened', () => {
    const bytes = avro({ schema: older }).encode({ a: 1, gone: 'x' });
    expect(avro({ schema: newer, writerSchema: older }).decode(bytes)).toEqual({ a: 1, b: 'none' });
  });

  it('finds the schema of each value in the registry by its id', () => {
    const registry = schemaRegistry({ 1: older, 2: newer, 3: 'string' });
    const reader = avro({ schema: newer, registry, id: 2 });
    expect(reader.decode(avro({ schema: older, registry, id: 1 }).encode({ a: 1, gone: 'x' }))).toEqual({
      a: 1,
      b: 'none',
    });
    expect(reader.decode(reader.encode({ a: 5, b: 'y' }))).toEqual({ a: 5, b: 'y' });
    expect([...reader.encode({ a: 5, b: 'y' }).subarray(0, 5)]).toEqual([0, 0, 0, 0, 2]);
    expect(() => reader.decode(confluentFrame(9, Uint8Array.of(1)))).toThrow(code('SLUICE_KAFKA_SCHEMA_UNKNOWN'));
    expect(() => reader.decode(confluentFrame(3, Uint8Array.of(0)))).toThrow(code('SLUICE_KAFKA_SCHEMA_EVOLUTION'));
    expect(() => reader.decode(Uint8Array.of(1, 0, 0, 0, 2, 1))).toThrow(code('SLUICE_KAFKA_WIRE_FORMAT'));
    expect(() => reader.decode(Uint8Array.of(0))).toThrow(code('SLUICE_KAFKA_WIRE_FORMAT'));
    expect(() => avro({ schema: newer, registry }).encode({ a: 5, b: 'y' })).toThrow(code('SLUICE_KAFKA_OPTIONS'));
  });
});
