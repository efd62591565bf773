import type { CapturedState } from '../stream/barrier.js';
import type { LocalLoop } from '../task/local-loop.js';

/** Bytes that may wait for the storage before encoding goes on. */
const AHEAD = 1024 * 1024;
/** What the storage is given at once: for each it waits until the stream lets it, so that many small ones would take long. */
const BLOCK = 256 * 1024;

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
      done = state.encode(write, () => waiting >= AHEAD || stop());
      return done || waiting >= AHEAD;
    });
    const ready = chunks;
    chunks = [];
    yield* inBlocks(ready);
  }
}

/** Small chunks together, up to the size of a block; larger ones as they are. */
function* inBlocks(chunks: readonly Uint8Array[]): Generator<Uint8Array> {
  let block: Uint8Array[] = [];
  let length = 0;
  for (const chunk of chunks) {
    if (length > 0 && length + chunk.length > BLOCK) {
      yield joined(block, length);
      block = [];
      length = 0;
    }
    block.push(chunk);
    length += chunk.length;
  }
  if (length > 0) yield joined(block, length);
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length);
}
