import type { CheckpointLease, CheckpointReader } from '@sluice/connector-sdk';
import { damaged, tooLarge } from './checkpoint-failure.js';
import { checksum, inSlices } from './checksum.js';

/** How a manifest names a blob: whatever the storage is, what comes back is compared with it. */
export interface BlobRef {
  readonly name: string;
  /** Bytes. */
  readonly length: number;
  /** Of the content, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** A blob is restored from one array. */
export const LONGEST_BLOB = 2 ** 31 - 1;

const COMPONENT = 'checkpoint';

/**
 * Writes a blob and tells how to refer to it. Chunks are read as they come and hashed in slices, so that the loop has its turn between.
 *
 * @throws SLUICE_CHECKPOINT_SIZE for more than 2 GiB, and what `lease.write` throws.
 */
export async function writeBlob(
  lease: Pick<CheckpointLease, 'write'>,
  name: string,
  chunks: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<BlobRef> {
  const hash = checksum();
  let length = 0;
  const measured = async function* () {
    for await (const slice of inSlices(chunks)) {
      length += slice.length;
      if (length > LONGEST_BLOB) throw tooLarge(COMPONENT, `blob ${name}`, LONGEST_BLOB, length);
      hash.update(slice);
      yield slice;
    }
  };
  await lease.write(name, measured());
  return { name, length, sha256: hash.digest('hex') };
}

/**
 * A blob exactly as it was written, in an array of its own; nothing of another one.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED, and what `reader.read` throws.
 */
export async function readBlob(reader: Pick<CheckpointReader, 'read'>, ref: BlobRef): Promise<Uint8Array> {
  const what = `blob ${ref.name}`;
  if (ref.length > LONGEST_BLOB) throw damaged(COMPONENT, what, `a length of ${ref.length}`);
  const hash = checksum();
  const bytes = new Uint8Array(ref.length);
  let length = 0;
  for await (const chunk of reader.read(ref.name)) {
    if (length + chunk.length > ref.length) throw damaged(COMPONENT, what, `more than its ${ref.length} bytes`);
    for await (const slice of inSlices(chunk)) hash.update(slice);
    bytes.set(chunk, length);
    length += chunk.length;
  }
  if (length !== ref.length) throw damaged(COMPONENT, what, `${length} of ${ref.length} bytes`);
  if (hash.digest('hex') !== ref.sha256) throw damaged(COMPONENT, what, 'another checksum than its manifest says');
  return bytes;
}
