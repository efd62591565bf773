import type { FileHandle } from 'node:fs/promises';

/** A file that is open for reading, and under which names errors speak of it. */
export interface InputFile {
  readonly component: string;
  readonly path: string;
  readonly handle: FileHandle;
  readonly chunkBytes: number;
}

/** A piece of a file as it was read. */
export interface FileChunk {
  readonly bytes: Buffer;
  /** Where `bytes` begins in the (decompressed) file. */
  readonly offset: number;
  /** 0 to 1: how much of the file has been read with it; undefined while tailing. */
  readonly progress: number | undefined;
}

/** Reading begins one byte before the position, so that it can be seen whether a line ends there. */
export function firstByteFor(position: number): number {
  return Math.max(position - 1, 0);
}
