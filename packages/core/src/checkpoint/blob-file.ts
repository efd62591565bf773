import { damaged } from './checkpoint-failure.js';
import { CHECKSUM_BYTES, checksum, inSlices, sameBytes } from './checksum.js';
import type { ReadableFile, WritableFile } from './durable-file.js';
import { checkHeader, envelopeHeader, envelopeLength, TRAILER_BYTES } from './envelope.js';

/** So much is read at once. */
const READ_BYTES = 1024 * 1024;

/** Streams a blob into an open file, wrapped in its envelope. */
export async function writeBlobFile(
  file: WritableFile,
  name: string,
  chunks: AsyncIterable<Uint8Array> | Uint8Array,
): Promise<void> {
  const hash = checksum();
  const put = async (bytes: Uint8Array) => {
    hash.update(bytes);
    await file.write(bytes);
  };
  let length = 0;
  await put(envelopeHeader('blob', name));
  for await (const slice of inSlices(chunks)) {
    length += slice.length;
    await put(slice);
  }
  await put(envelopeLength(length));
  await file.write(hash.digest());
}

/**
 * The payload of a blob in chunks, once the whole file has been verified: it is read twice, so that nobody decodes a byte of a damaged
 * one, and no more than a slice of it is held.
 *
 * @throws SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION
 */
export async function* readBlobFile(
  component: string,
  file: ReadableFile,
  name: string,
  what: string,
): AsyncGenerator<Uint8Array> {
  const header = envelopeHeader('blob', name);
  const length = file.size - header.length - TRAILER_BYTES;
  if (length < 0) throw damaged(component, what, `${file.size} bytes, fewer than the shortest`);
  const hash = checksum();
  const room = new Uint8Array(Math.min(READ_BYTES, file.size));
  for (let at = 0; at < file.size - CHECKSUM_BYTES; at += room.length) {
    const slice = room.subarray(0, Math.min(room.length, file.size - CHECKSUM_BYTES - at));
    hash.update(await filled(component, file, what, at, slice));
  }
  const trailer = await exactly(component, file, what, file.size - TRAILER_BYTES, TRAILER_BYTES);
  const stored = trailer.subarray(TRAILER_BYTES - CHECKSUM_BYTES);
  if (!sameBytes(hash.digest(), stored)) throw damaged(component, what, 'another checksum');
  checkHeader(component, what, header, await exactly(component, file, what, 0, header.length));
  if (!sameBytes(trailer.subarray(0, TRAILER_BYTES - CHECKSUM_BYTES), envelopeLength(length))) {
    throw damaged(component, what, `${length} bytes, another length than it says`);
  }
  yield* slicesOf(component, file, what, header.length, length);
}

async function* slicesOf(
  component: string,
  file: ReadableFile,
  what: string,
  from: number,
  length: number,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += READ_BYTES) {
    yield await exactly(component, file, what, from + at, Math.min(READ_BYTES, length - at));
  }
}

function exactly(
  component: string,
  file: ReadableFile,
  what: string,
  from: number,
  length: number,
): Promise<Uint8Array> {
  return filled(component, file, what, from, new Uint8Array(length));
}

/** The bytes of the file from there, as many as there is room for. */
async function filled(
  component: string,
  file: ReadableFile,
  what: string,
  from: number,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const read = await file.read(bytes.subarray(at), from + at);
    if (read === 0) throw damaged(component, what, `an end at ${from + at} while it was read`);
    at += read;
  }
  return bytes;
}
