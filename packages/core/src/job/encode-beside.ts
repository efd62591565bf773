import type { CapturedState } from '../stream/barrier.js';
import type { LocalLoop } from '../task/local-loop.js';

/** Bytes that may wait for the storage before encoding goes on. */
const AHEAD = 1024 * 1024;

/** A captured state's bytes, encoded in slices between the elements of a loop, no faster than they are taken. */
export async function* encodeBeside(loop: LocalLoop, state: CapturedState): AsyncGenerator<Uint8Array> {
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
    yield* ready;
  }
}
