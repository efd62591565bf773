import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_BLOB } from './blob.js';
import { sha256 } from './checksum.js';
import { decodeFrames, encodeFrames, type Versioned } from './frames.js';
import { blobsOf, decodeManifest, encodeManifest, type Manifest } from './manifest.js';

const number = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('', '__proto__', 'constructor', '\0', '\ud800'),
);
const bytes = fc.uint8Array({ maxLength: 20 });
const versioned = fc.record({ version: fc.nat(), bytes });
const blob = fc.record({
  name: fc.stringMatching(/^[a-z0-9-]{1,64}$/).filter((name) => !name.startsWith('checkpoint-')),
  length: fc.integer({ min: 0, max: LONGEST_BLOB }),
  sha256: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((hash) => Buffer.from(hash).toString('hex')),
});
const split = fc.record({
  id: hostile,
  split: versioned,
  position: fc.option(versioned, { nil: undefined }),
  finished: fc.boolean(),
});
const mapOf = <V>(values: fc.Arbitrary<V>) =>
  fc.array(fc.tuple(hostile, values), { maxLength: 4 }).map((e) => new Map(e));
const manifests: fc.Arbitrary<Manifest> = fc.record({
  job: hostile,
  checkpoint: number,
  epoch: number,
  incarnation: hostile,
  kind: fc.constantFrom('checkpoint', 'savepoint', 'final'),
  completedAt: fc.integer({ min: -8.64e15, max: 8.64e15 }),
  maxParallelism: fc.integer({ min: 1, max: 32_768 }),
  finished: fc.boolean(),
  sources: mapOf(fc.array(split, { maxLength: 3 })),
  operators: mapOf(fc.array(blob, { minLength: 1, maxLength: 3 })),
  sinks: mapOf(fc.array(blob, { maxLength: 3 })),
});

const valid: Manifest = {
  job: 'job',
  checkpoint: 1,
  epoch: 1,
  incarnation: 'i',
  kind: 'checkpoint',
  completedAt: 0,
  maxParallelism: 128,
  finished: false,
  sources: new Map(),
  operators: new Map(),
  sinks: new Map(),
};
const ref = { name: 'b', length: 1, sha256: '0'.repeat(64) };
const damagedError = expect.objectContaining({ code: 'SLUICE_CHECKPOINT_DAMAGED' });

/** The content changed, and its checksum made right again: what an attacker or a bug would do. */
function forged(manifest: Manifest, change: (content: Uint8Array) => Uint8Array): Uint8Array {
  const content = change(encodeManifest(manifest).slice(0, -32));
  return Buffer.concat([content, sha256(content)]);
}

describe('a manifest', () => {
  it('comes back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(manifests, (manifest) => {
        expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
      }),
    );
  });

  it('is refused for every truncation, every bit and every byte more', () => {
    const whole = encodeManifest({ ...valid, operators: new Map([['o', [ref]]]), sinks: new Map([['s', [ref]]]) });
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeManifest(whole.subarray(0, length))).toThrow(damagedError);
    }
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const turned = Uint8Array.from(whole);
      turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeManifest(turned)).toThrow(damagedError);
    }
    expect(() => decodeManifest(Buffer.concat([whole, Uint8Array.of(0)]))).toThrow(damagedError);
  });

  it('is refused for values that are never written, though its checksum is right', () => {
    const wrong: Partial<Manifest>[] = [
      { checkpoint: 0 },
      { epoch: 0 },
      { completedAt: Number.NaN },
      { completedAt: Infinity },
      { maxParallelism: 0 },
      { maxParallelism: 32_769 },
      { kind: 'other' as 'final' },
      { operators: new Map([['o', [{ ...ref, length: LONGEST_BLOB + 1 }]]]) },
      { operators: new Map([['o', [{ ...ref, sha256: 'short' }]]]) },
      { operators: new Map([['o', []]]) },
    ];
    for (const parts of wrong)
      expect(() => decodeManifest(encodeManifest({ ...valid, ...parts }))).toThrow(damagedError);
    for (const name of ['../b', '', 'B', 'checkpoint-1']) {
      const bytes = encodeManifest({ ...valid, operators: new Map([['o', [{ ...ref, name }]]]) });
      expect(() => decodeManifest(bytes)).toThrow(expect.objectContaining({ code: 'SLUICE_CHECKPOINT_NAME' }));
    }
    const twice = forged(
      {
        ...valid,
        sinks: new Map([
          ['a', []],
          ['b', []],
        ]),
      },
      (content) => {
        const changed = Uint8Array.from(content);
        changed[changed.lastIndexOf('b'.charCodeAt(0))] = 'a'.charCodeAt(0);
        return changed;
      },
    );
    expect(() => decodeManifest(twice)).toThrow(damagedError);
    expect(() => decodeManifest(forged(valid, (content) => Buffer.concat([content, Uint8Array.of(0)])))).toThrow(
      damagedError,
    );
  });

  it('survives anything behind a right checksum, without allocating for lengths that are not there', () => {
    const header = encodeManifest(valid).slice(0, 5);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (rest) => {
        const content = Buffer.concat([header, rest]);
        try {
          decodeManifest(Buffer.concat([content, sha256(content)]));
        } catch (error) {
          expect((error as { code: string }).code).toMatch(/^SLUICE_CHECKPOINT_(DAMAGED|NAME)$/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of another version is refused as such', () => {
    const newer = forged(valid, (content) => {
      const changed = Uint8Array.from(content);
      changed[4] = 3;
      return changed;
    });
    expect(() => decodeManifest(newer)).toThrow(expect.objectContaining({ code: 'SLUICE_CHECKPOINT_VERSION' }));
  });

  it('of version 1, in which a state was one blob, is read', () => {
    const bytes = Buffer.from(
      'U0xNRgEGam9iBwICaQAAAAAAgIQuQYABAAEMc291cmNlAQpzcGxpdAIBAQEBAQICAmEQZTItYzctczAKASNFZ4mrze8BI0VniavN7wEjRWeJq8' +
        '3vASNFZ4mrze8CYhBlMi1jNy1zMRQBI0VniavN7wEjRWeJq83vASNFZ4mrze8BI0VniavN7wEIc2luawEQZTItYzctdDAeASNFZ4mrze8BI0Vn' +
        'iavN7wEjRWeJq83vASNFZ4mrze+eHUoOm+tx+bUZ3iZiRzuf3UVnwiTpM5WVgjzwVUwCuA==',
      'base64',
    );
    const sha = '0123456789abcdef'.repeat(4);
    const splits = [
      {
        id: 'split',
        split: { version: 1, bytes: Uint8Array.of(1) },
        position: { version: 1, bytes: Uint8Array.of(2) },
        finished: false,
      },
    ];
    expect(decodeManifest(bytes)).toEqual({
      ...valid,
      checkpoint: 7,
      epoch: 2,
      completedAt: 1_000_000,
      sources: new Map([['source', splits]]),
      operators: new Map([
        ['a', [{ name: 'e2-c7-s0', length: 10, sha256: sha }]],
        ['b', [{ name: 'e2-c7-s1', length: 20, sha256: sha }]],
      ]),
      sinks: new Map([['sink', [{ name: 'e2-c7-t0', length: 30, sha256: sha }]]]),
    });
  });

  it('tells every blob that it needs', () => {
    const refs = ['a', 'b', 'c'].map((name) => ({ ...ref, name }));
    const [a = ref, b = ref, c = ref] = refs;
    const manifest = {
      ...valid,
      operators: new Map([['o', [a, b]]]),
      sinks: new Map([
        ['s', [c]],
        ['t', []],
      ]),
    };
    expect(blobsOf(manifest)).toEqual(refs);
  });
});

describe('frames', () => {
  const encoded = async (frames: readonly Versioned[]) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of encodeFrames(frames)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it('come back as they were, in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(versioned), async (frames) => {
        expect(decodeFrames('test', 'frames', await encoded(frames))).toEqual(frames);
      }),
    );
  });

  it('come back as they were, large and small', async () => {
    const frames = [10, 70_000, 0, 40_000, 40_000, 200_000, 5].map((length, version) => ({
      version,
      bytes: Uint8Array.from({ length }, (_, i) => i + version),
    }));
    expect(decodeFrames('test', 'frames', await encoded(frames))).toEqual(frames);
  });

  it('are refused when they are none, and allocate nothing for a count that cannot be', () => {
    for (const wrong of [
      [],
      [1],
      [1, 1],
      [1, 1, 0, 5, 1],
      [1, 0, 0],
      [1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f],
    ]) {
      expect(() => decodeFrames('test', 'frames', Uint8Array.from(wrong))).toThrow(damagedError);
    }
    expect(() => decodeFrames('test', 'frames', Uint8Array.of(2, 0))).toThrow(
      expect.objectContaining({ code: 'SLUICE_CHECKPOINT_VERSION' }),
    );
  });
});
