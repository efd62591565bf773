import type { FileChunk } from './file-chunk.js';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf);

/** Where the first record begins in the first bytes: undefined = more bytes are needed to tell; NaN = not at the start of a line. */
type FirstRecord = (bytes: Buffer, ended: boolean) => number | undefined;

/**
 * The chunks from the first record on: without a byte order mark, or, when reading goes on, without what was read before.
 *
 * @param chunks From one byte before `position` on.
 * @param changed Makes the error for a position that is in the middle of a line now.
 */
export async function* fromFirstRecord(
  chunks: AsyncIterable<FileChunk>,
  position: number,
  changed: () => Error,
): AsyncGenerator<FileChunk> {
  const firstRecord = position === 0 ? afterByteOrderMark : afterLineEnd;
  let head: FileChunk | undefined;
  let started = false;
  for await (const chunk of chunks) {
    if (started) {
      yield chunk;
      continue;
    }
    head = head === undefined ? chunk : joined(head, chunk);
    const first = firstRecord(head.bytes, false);
    if (first === undefined) continue;
    started = true;
    yield cut(head, first, changed);
  }
  if (!started && head !== undefined) yield cut(head, firstRecord(head.bytes, true) ?? 0, changed);
}

const afterByteOrderMark: FirstRecord = (bytes, ended) => {
  const mark = BYTE_ORDER_MARK.subarray(0, bytes.length).equals(bytes.subarray(0, BYTE_ORDER_MARK.length));
  if (!mark) return 0;
  if (bytes.length < BYTE_ORDER_MARK.length) return ended ? 0 : undefined;
  return BYTE_ORDER_MARK.length;
};

/** `bytes[0]` is the last one that was read. It ends a line, or the file ended there in the middle of one, which may have got its newline since. */
const afterLineEnd: FirstRecord = (bytes, ended) => {
  if (bytes[0] === NEWLINE) return 1;
  if (bytes.length === 1) return ended ? 1 : undefined;
  if (bytes[1] === NEWLINE) return 2;
  if (bytes[1] !== CARRIAGE_RETURN) return Number.NaN;
  if (bytes.length === 2) return ended ? Number.NaN : undefined;
  return bytes[2] === NEWLINE ? 3 : Number.NaN;
};

function joined(first: FileChunk, second: FileChunk): FileChunk {
  return { bytes: Buffer.concat([first.bytes, second.bytes]), offset: first.offset, progress: second.progress };
}

function cut(chunk: FileChunk, first: number, changed: () => Error): FileChunk {
  if (Number.isNaN(first)) throw changed();
  return { bytes: chunk.bytes.subarray(first), offset: chunk.offset + first, progress: chunk.progress };
}
