import { type FileChunk, firstByteFor, type InputFile } from './file-chunk.js';
import { rewritten, truncated } from './file-error.js';
import type { Following } from './rotation.js';

/** As many bytes before the end are compared when a file has grown. */
const COMPARED = 64;

/**
 * The contents from one byte before `position` on: to the end that the file has when it is reached, or, when
 * `following`, until another file has taken its place.
 *
 * A file is polled, not watched: the delay is bounded and the same on every file system, a busy writer cannot wake the reader for each
 * line, and time is the injected clock's. One that was emptied and has grown beyond where it was since the last look (`copytruncate`) is
 * known by the bytes before its old end.
 *
 * Errors: SLUICE_FILE_TRUNCATED, and those of the file system as they are.
 */
export async function* plainChunks(
  input: InputFile,
  position: number,
  following: Following | undefined,
): AsyncGenerator<FileChunk> {
  const { handle, chunkBytes } = input;
  const { size } = await handle.stat();
  if (size < position) throw truncated(input.component, input.path, size, position);
  let offset = firstByteFor(position);
  let buffer: Buffer | undefined;
  let before = Buffer.alloc(0);
  let waited = false;
  for (;;) {
    buffer ??= Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, offset);
    if (bytesRead === 0 || waited) await requireSameContent(input, offset, before);
    if (bytesRead === 0) {
      if (following === undefined || !(await following.next())) return;
      waited = true;
      continue;
    }
    waited = false;
    following?.grew();
    let bytes = buffer.subarray(0, bytesRead);
    // A decoder may keep views of the chunk: a buffer that was given away is not read into again. A mostly empty one is copied instead.
    if (bytesRead * 4 <= chunkBytes) bytes = Buffer.from(bytes);
    else buffer = undefined;
    before = Buffer.concat([before, bytes.subarray(-COMPARED)]).subarray(-COMPARED);
    yield {
      bytes,
      offset,
      progress: following === undefined ? Math.min((offset + bytesRead) / size, 1) : undefined,
    };
    offset += bytesRead;
  }
}

async function requireSameContent({ component, path, handle }: InputFile, read: number, before: Buffer): Promise<void> {
  const { size } = await handle.stat();
  if (size < read) throw truncated(component, path, size, read);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(before.length), 0, before.length, read - before.length);
  if (!before.equals(buffer.subarray(0, bytesRead))) throw rewritten(component, path, read);
}
