import type { CheckpointReader } from '@sluice/connector-sdk';
import { SluiceError } from '@sluice/connector-sdk';
import { readBlobFile } from './blob-file.js';
import { badName, damaged, errnoOf, inputOutput } from './checkpoint-failure.js';
import { checkBlobName, checkCheckpointId } from './checkpoint-name.js';
import type { DurableFileSystem, ReadableFile } from './durable-file.js';
import { type EnvelopeKind, unwrap } from './envelope.js';
import { COMPONENT, type FileLayout, inside } from './file-layout.js';

/** A manifest is small; a longer file is damage, and not worth its memory. */
export const LONGEST_RECORD = 64 * 1024 * 1024;
const NUMBER = /^[1-9][0-9]{0,15}$/;

/** Reads the checkpoints of one job from its files. */
export function fileReader(fs: DurableFileSystem, layout: FileLayout): CheckpointReader {
  return {
    list: () => numbersIn(fs, layout.checkpoints),
    async manifest(checkpoint) {
      checkCheckpointId(COMPONENT, checkpoint);
      return readRecord(fs, layout.checkpoints, 'manifest', String(checkpoint));
    },
    async *read(blob) {
      checkBlobName(COMPONENT, blob);
      const path = inside(layout.blobs, blob);
      const file = await openFile(fs, path);
      try {
        yield* readBlobFile(COMPONENT, file, blob, path);
      } catch (error) {
        throw SluiceError.isInstance(error) ? error : inputOutput(COMPONENT, `read ${path}`, error);
      } finally {
        await closeRead(file);
      }
    },
  };
}

/** The numbers that entries of a folder have as their names, ascending; other entries are not ours. */
export async function numbersIn(fs: DurableFileSystem, folder: string): Promise<number[]> {
  const names = await fs.readdir(folder).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw inputOutput(COMPONENT, `list ${folder}`, error);
  });
  return names
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .filter(Number.isSafeInteger)
    .sort((a, b) => a - b);
}

/** The payload of a lease or a manifest, verified. */
export async function readRecord(
  fs: DurableFileSystem,
  folder: string,
  kind: EnvelopeKind,
  name: string,
): Promise<Uint8Array> {
  const path = inside(folder, name);
  const file = await openFile(fs, path);
  try {
    if (file.size > LONGEST_RECORD) throw damaged(COMPONENT, path, `${file.size} bytes`);
    const bytes = new Uint8Array(file.size);
    let length = 0;
    while (length < bytes.length) {
      const read = await file.read(bytes.subarray(length), length);
      if (read === 0) break;
      length += read;
    }
    return unwrap(COMPONENT, path, kind, name, bytes.subarray(0, length));
  } catch (error) {
    throw SluiceError.isInstance(error) ? error : inputOutput(COMPONENT, `read ${path}`, error);
  } finally {
    await closeRead(file);
  }
}

async function openFile(fs: DurableFileSystem, path: string): Promise<ReadableFile> {
  try {
    return await fs.openForReading(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') throw damaged(COMPONENT, path, 'no such file', error);
    if (errno === 'ELOOP' || errno === 'EMLINK') {
      throw badName(COMPONENT, `a real file at ${path}`, 'a symbolic link', 'put the file itself there');
    }
    throw inputOutput(COMPONENT, `read ${path}`, error);
  }
}

/** What was read has been verified: that the file cannot be closed changes nothing about it. */
async function closeRead(file: ReadableFile): Promise<void> {
  await file.close().catch(() => undefined);
}
