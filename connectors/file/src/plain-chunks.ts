import { stat } from 'node:fs/promises';
import type { Clock } from '@sluice/connector-sdk';
import { type FileChunk, firstByteFor, type InputFile } from './file-chunk.js';
import { replaced, truncated } from './file-error.js';

/** How to wait for a file to grow. */
export interface Following {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly signal: AbortSignal;
}

/**
 * The contents from one byte before `position` on: to the end that the file has when it is reached, or, when `following`, for ever.
 *
 * A file is polled, not watched: the delay is bounded and the same on every file system, a busy writer cannot wake the reader for each
 * line, and time is the injected clock's.
 *
 * Errors: SLUICE_FILE_TRUNCATED, SLUICE_FILE_REPLACED, and those of the file system as they are.
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
  for (;;) {
    buffer ??= Buffer.allocUnsafeSlow(chunkBytes);
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, offset);
    if (bytesRead === 0) {
      await requireSameFile(input, offset, following !== undefined);
      if (following === undefined) return;
      await following.clock.sleep(following.pollMs, following.signal);
      continue;
    }
    let bytes = buffer.subarray(0, bytesRead);
    // A decoder may keep views of the chunk: a buffer that was given away is not read into again. A mostly empty one is copied instead.
    if (bytesRead * 4 <= chunkBytes) bytes = Buffer.from(bytes);
    else buffer = undefined;
    yield {
      bytes,
      offset,
      progress: following === undefined ? Math.min((offset + bytesRead) / size, 1) : undefined,
    };
    offset += bytesRead;
  }
}

async function requireSameFile({ component, path, handle }: InputFile, read: number, byName: boolean): Promise<void> {
  const opened = await handle.stat();
  if (byName) {
    const named = await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') throw replaced(component, path, 'it was deleted or renamed');
      throw error;
    });
    if (named.ino !== opened.ino || named.dev !== opened.dev) {
      throw replaced(component, path, 'another file has its name now');
    }
  }
  if (opened.size < read) throw truncated(component, path, opened.size, read);
}
