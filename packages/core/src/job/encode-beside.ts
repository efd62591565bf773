import type { CapturedState } from '../stream/barrier.js';
import type { LocalLoop } from '../task/local-loop.js';

/**
 * What the storage is given at once, and what waits for it before encoding goes on. For each block it waits until the stream lets it:
 * with smaller ones entries that the stream touches are encoded faster than they are written.
 */
const BLOCK = 1024 * 1024;

/** A captured state's bytes, encoded in slices between the elements of a loop, no faster than they are taken. */
export async function* encodeBeside(loop: Pick<LocalLoop, 'aside'>, state: CapturedState): AsyncGenerator<Uint8Array> {
  let chunks: Uint8Array[] = [];
  for (let done = false; !done; ) {
    let waiting = 0;
    const write = (chunk: Uint8Array): void => {
      chunks.push(chunk);
      waiting += chunk.length;
    };
    await loop.aside((stop) => {
      done = state.encode(write, () => waiting >= BLOCK || stop());
      return done || waiting >= BLOCK;
    });
    const ready = chunks;
    chunks = [];
    yield* inBlocks(ready, (chunk) => state.reuse?.(chunk));
  }
}

/** Small chunks together, up to the size of a block. Each is copied when its turn comes, so that the copy lives for a moment only. */
function* inBlocks(chunks: readonly Uint8Array[], copied: (chunk: Uint8Array) => void): Generator<Uint8Array> {
  let block: Uint8Array[] = [];
  let length = 0;
  const taken = (): Uint8Array => {
    const bytes = Buffer.concat(block, length);
    block.forEach(copied);
    block = [];
    length = 0;
    return bytes;
  };
  for (const chunk of chunks) {
    if (length > 0 && length + chunk.length > BLOCK) yield taken();
    block.push(chunk);
    length += chunk.length;
  }
  if (length > 0) yield taken();
}
