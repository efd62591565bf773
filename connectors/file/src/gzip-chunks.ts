import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { type FileChunk, firstByteFor, type InputFile } from './file-chunk.js';
import { truncated, zstdFile } from './file-error.js';

const ID1 = 0x1f;
const ID2 = 0x8b;
const MIN_ZLIB_CHUNK = 64;
const ZSTD = Buffer.of(0x28, 0xb5, 0x2f, 0xfd);

/** By its name or by its first bytes, with which no UTF-8 text begins. */
export async function isGzip({ path, handle }: InputFile): Promise<boolean> {
  if (path.endsWith('.gz')) return true;
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  return bytesRead === 2 && buffer[0] === ID1 && buffer[1] === ID2;
}

/** Refused: the zstd of Node's zlib takes the end of the first frame for the end of the file, and one that is cut off for whole. */
export async function refuseZstd({ component, path, handle }: InputFile): Promise<void> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(ZSTD.length), 0, ZSTD.length, 0);
  if (bytesRead === ZSTD.length && buffer.equals(ZSTD)) throw zstdFile(component, path);
}

/**
 * The decompressed contents from one byte before `position` on. Gzip has no index: what comes before is decompressed and thrown away.
 *
 * Errors: SLUICE_FILE_TRUNCATED, and those of zlib and of the file system as they are.
 */
export async function* gzipChunks(input: InputFile, position: number): AsyncGenerator<FileChunk> {
  const { handle, chunkBytes } = input;
  const first = firstByteFor(position);
  const { size } = await handle.stat();
  const gunzip = createGunzip({ chunkSize: Math.max(chunkBytes, MIN_ZLIB_CHUNK) });
  // Destroys both ends on an error of either; the loop below throws it.
  pipeline(compressed(input), gunzip, () => {});
  let end = 0;
  try {
    for await (const decompressed of gunzip as AsyncIterable<Buffer>) {
      const bytes = decompressed.subarray(Math.max(first - end, 0));
      end += decompressed.length;
      if (bytes.length === 0) continue;
      yield { bytes, offset: end - bytes.length, progress: Math.min(gunzip.bytesWritten / size, 1) };
    }
  } finally {
    gunzip.destroy();
  }
  if (end < position) throw truncated(input.component, input.path, end, position);
}

/** Not a stream of the handle, which would close it: the header row of a CSV file is read by a reading of its own. */
async function* compressed({ handle, chunkBytes }: InputFile): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafeSlow(chunkBytes), 0, chunkBytes, offset);
    if (bytesRead === 0) return;
    offset += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
