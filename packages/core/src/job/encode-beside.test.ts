import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeBeside } from './encode-beside.js';

/** What is handed over at once. */
const BLOCK = 1024 * 1024;

/** Encodes the chunks one by one, looking at the time after each. */
function stateOf(chunks: readonly Uint8Array[]) {
  let at = 0;
  return {
    uid: 'state',
    encode(write: (chunk: Uint8Array) => void, stop: () => boolean): boolean {
      while (at < chunks.length) {
        write(chunks[at++] as Uint8Array);
        if (stop()) return false;
      }
      return true;
    },
    discard() {},
  };
}

/** Gives each piece of work its slices, every one over after some looks. */
function loopOf(looks: number) {
  let slices = 0;
  return {
    get slices() {
      return slices;
    },
    async aside(work: (stop: () => boolean) => boolean): Promise<void> {
      for (;;) {
        slices++;
        let left = looks;
        if (work(() => --left <= 0)) return;
        await Promise.resolve();
      }
    },
  };
}

async function blocksOf(loop: ReturnType<typeof loopOf>, chunks: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const blocks: Uint8Array[] = [];
  for await (const block of encodeBeside(loop, stateOf(chunks))) blocks.push(block);
  return blocks;
}

describe('encodeBeside', () => {
  it('gives all bytes in order, whatever the chunks and the slices are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 200_000 }), { maxLength: 20 }),
        fc.integer({ min: 1, max: 30 }),
        async (lengths, looks) => {
          const chunks = lengths.map((length, at) => new Uint8Array(length).fill(at + 1));
          const blocks = await blocksOf(loopOf(looks), chunks);
          expect(Buffer.concat(blocks).equals(Buffer.concat(chunks))).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('puts small chunks together, and no more than a block', async () => {
    const small = Array.from({ length: 16 }, () => new Uint8Array(256 * 1024));
    const large = new Uint8Array(1700 * 1024);
    const lengths = (await blocksOf(loopOf(100), [...small.slice(0, 6), large, ...small.slice(6, 8)])).map(
      (block) => block.length / 1024,
    );
    expect(lengths).toEqual([1024, 512, 1700, 512]);
  });

  it('stops when enough waits for the storage, and goes on when it has been taken', async () => {
    const loop = loopOf(1000);
    const blocks = encodeBeside(loop, stateOf(Array.from({ length: 40 }, () => new Uint8Array(64 * 1024))));
    await blocks.next();
    expect(loop.slices).toBe(1);
    await blocks.next();
    expect(loop.slices).toBe(2);
    await blocks.return(undefined);
  });

  it('gives chunks back whose memory is written again, and what it has given stays as it was', async () => {
    const chunk = new Uint8Array(BLOCK);
    let free = true;
    let written = 0;
    const state = {
      ...stateOf([]),
      encode(write: (chunk: Uint8Array) => void): boolean {
        expect(free).toBe(true);
        free = false;
        write(chunk.fill(++written));
        return written === 3;
      },
      reuse: (again: Uint8Array) => {
        expect(again).toBe(chunk);
        free = true;
      },
    };
    const blocks: Uint8Array[] = [];
    for await (const block of encodeBeside(loopOf(1), state)) blocks.push(block);
    expect(blocks.map(([first]) => first)).toEqual([1, 2, 3]);
  });
});
