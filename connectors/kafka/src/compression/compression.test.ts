import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lz4 } from '../lz4.js';
import { snappy } from '../snappy.js';
import { zstd } from '../zstd.js';
import type { CompressionCodec, CompressionOptions } from './compression-codec.js';
import { gzip } from './gzip.js';

const codecs: readonly [string, (options?: CompressionOptions) => CompressionCodec][] = [
  ['gzip', gzip],
  ['snappy', snappy],
  ['lz4', lz4],
  ['zstd', zstd],
];
const compressionError = expect.objectContaining({ code: 'SLUICE_KAFKA_COMPRESSION' });

describe.each(codecs)('%s', (name, make) => {
  const codec = make();

  it('has its name', () => expect(codec.name).toBe(name));

  it('gives back what it compressed', async () => {
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.uint8Array({ minLength: 1 }).map((part) => repeated(part, 100_000)),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (value) => {
        expect(Buffer.compare(await codec.decompress(await codec.compress(value)), value)).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('refuses what would become larger than its bound, before it does', async () => {
    const bomb = await codec.compress(new Uint8Array(8 * 1024 * 1024));
    await expect(make({ maxDecompressedBytes: 1024 * 1024 }).decompress(bomb)).rejects.toEqual(compressionError);
    expect(await make({ maxDecompressedBytes: 9 * 1024 * 1024 }).decompress(bomb)).toHaveLength(8 * 1024 * 1024);
  });

  it('answers hostile bytes with its error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 100 }), async (bytes) => {
        await codec.decompress(bytes).catch((error) => expect(error).toEqual(compressionError));
      }),
      { numRuns: 500 },
    );
  });

  it('answers damaged bytes with its error or with other bytes', async () => {
    const whole = await codec.compress(repeated(Uint8Array.from(Buffer.from('some words ')), 3_000));
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const damaged = new Uint8Array(whole);
        damaged[at % whole.length] = (damaged[at % whole.length] as number) ^ change;
        await codec.decompress(damaged).catch((error) => expect(error).toEqual(compressionError));
        const cut = whole.subarray(0, at % whole.length);
        await codec.decompress(cut).catch((error) => expect(error).toEqual(compressionError));
      }),
      { numRuns: 300 },
    );
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 40])('refuses a bound of %s', (maxDecompressedBytes) => {
    expect(() => make({ maxDecompressedBytes })).toThrow(expect.objectContaining({ code: 'SLUICE_KAFKA_OPTIONS' }));
  });
});

describe('snappy', () => {
  it("reads the framing of xerial's snappy-java, blocks and all", async () => {
    const [first, second] = await Promise.all(['hello ', 'world'].map((part) => snappy().compress(Buffer.from(part))));
    const block = (bytes: Uint8Array) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    const header = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
    const framed = Buffer.concat([header, block(first as Uint8Array), block(second as Uint8Array)]);
    expect(Buffer.from(await snappy().decompress(framed)).toString()).toBe('hello world');
    await expect(snappy().decompress(framed.subarray(0, -1))).rejects.toEqual(compressionError);
  });
});

function repeated(part: Uint8Array, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => part[index % part.length] as number);
}
