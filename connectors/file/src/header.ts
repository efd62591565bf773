import { lineTooLong } from './bad-line.js';
import { fromFirstRecord } from './chunk-start.js';
import type { FileChunk, InputFile } from './file-chunk.js';
import { changed } from './file-error.js';
import { RecordAssembler } from './record-assembler.js';
import { type Boundaries, contentEnd, isLong, type LongRecord, type Records } from './records.js';

/** The row with the names. */
export interface Header {
  readonly content: Buffer;
  /** Where the first row of values begins in the file. */
  readonly end: number;
}

/**
 * The first record of a file that is not empty, undefined when there is none. It is needed wherever reading begins, so it is always
 * read from the file's start.
 *
 * Errors: SLUICE_FILE_LINE_TOO_LONG.
 */
export async function readHeader(
  { component, path }: InputFile,
  chunks: AsyncIterable<FileChunk>,
  boundaries: Boundaries,
  maxBytes: number,
): Promise<Header | undefined> {
  const assembler = new RecordAssembler(boundaries, maxBytes);
  for await (const chunk of fromFirstRecord(chunks, 0, () => changed(component, path, 0))) {
    const header = headerIn(assembler.next(chunk));
    if (header !== undefined) return header;
    if (assembler.unfinished !== undefined) throw lineTooLong(component, path, assembler.unfinished.offset, maxBytes);
  }
  return headerIn(assembler.end());

  function headerIn(parts: readonly (Records | LongRecord)[]): Header | undefined {
    for (const part of parts) {
      if (isLong(part)) throw lineTooLong(component, path, part.offset, maxBytes);
      let { start } = part;
      for (const end of part.ends) {
        const stop = contentEnd(part.bytes, start, end);
        if (stop > start) return { content: part.bytes.subarray(start, stop), end: part.offset + end };
        start = end;
      }
    }
    return undefined;
  }
}
