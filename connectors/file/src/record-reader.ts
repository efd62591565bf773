import { type FileHandle, open } from 'node:fs/promises';
import type { PluginContext, SourceBatch, SourceReader } from '@sluice/connector-sdk';
import { lineTooLong } from './bad-line.js';
import { type BadLines, BatchBuilder } from './batch.js';
import { fromFirstRecord } from './chunk-start.js';
import type { FileSplit } from './discovery.js';
import type { FileChunk, InputFile } from './file-chunk.js';
import { changed, fileError } from './file-error.js';
import { type FilesSettings, gzipTailed } from './files-settings.js';
import { gzipChunks, isGzip } from './gzip-chunks.js';
import { readHeader } from './header.js';
import { plainChunks } from './plain-chunks.js';
import { RecordAssembler } from './record-assembler.js';
import type { RecordDecoder, RecordFormat } from './record-format.js';
import { isLong, type LongRecord, type Records } from './records.js';

/** Reads files by the format, one batch for each chunk. */
export function recordReader<T>(
  context: PluginContext,
  settings: FilesSettings,
  format: RecordFormat<T>,
  chunkBytes: number,
): SourceReader<T, FileSplit, number> {
  const { component, poison, maxLineBytes, tail, pollMs } = settings;
  const opened = new Set<FileHandle>();
  const skipped = context.metrics.counter('sluice_file_lines_skipped_total', 'Lines that could not be decoded');

  async function* read(path: string, position: number, signal: AbortSignal): AsyncGenerator<SourceBatch<T, number>> {
    const handle = await open(path);
    opened.add(handle);
    try {
      const input: InputFile = { component, path, handle, chunkBytes };
      const chunks = await chunksOf(input, signal);
      const header = format.header ? await readHeader(input, chunks(0), format.boundaries(), maxLineBytes) : undefined;
      // A file without its header row is empty: what is left to see is whether it was so before.
      if (format.header && header === undefined) {
        for await (const _ of chunks(position)) break;
        return;
      }
      const start = Math.max(position, header?.end ?? 0);
      const records = fromFirstRecord(chunks(start), start, () => changed(component, path, start));
      const decoder = format.decoder({ component, path }, header?.content);
      yield* batches(records, decoder, { component, file: path, policy: poison, skipped }, signal);
    } finally {
      opened.delete(handle);
      await handle.close();
    }
  }

  async function chunksOf(input: InputFile, signal: AbortSignal) {
    const gzip = await isGzip(input);
    if (gzip && tail) throw gzipTailed(component, input.path);
    const following = tail ? { clock: context.clock, pollMs, signal } : undefined;
    return (position: number) => (gzip ? gzipChunks(input, position) : plainChunks(input, position, following));
  }

  async function* batches(
    chunks: AsyncIterable<FileChunk>,
    decode: RecordDecoder<T>,
    badLines: BadLines,
    signal: AbortSignal,
  ): AsyncGenerator<SourceBatch<T, number>> {
    const assembler = new RecordAssembler(format.boundaries(), maxLineBytes);
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      yield* batch(assembler.next(chunk), chunk.progress);
      // It may never end: a job that is to fail at it does so now.
      if (poison === 'fail' && assembler.unfinished !== undefined) throw tooLong(assembler.unfinished);
    }
    yield* batch(assembler.end(), 1);

    function* batch(
      parts: readonly (Records | LongRecord)[],
      progress: number | undefined,
    ): Generator<SourceBatch<T, number>> {
      const builder = new BatchBuilder<T>(badLines);
      for (const part of parts) {
        if (!isLong(part)) decode(part, builder);
        else builder.reject(part.offset, part.end, part.head, tooLong(part));
        if (builder.failure !== undefined) break;
      }
      // What came before a bad line is delivered before the job fails at it.
      if (!builder.isEmpty) yield builder.build(progress);
      if (builder.failure !== undefined) throw builder.failure;
    }

    function tooLong(record: LongRecord) {
      return lineTooLong(component, badLines.file, record.offset, maxLineBytes);
    }
  }

  return {
    async *read({ split }, position, signal) {
      signal.throwIfAborted();
      try {
        yield* read(split.path, position ?? 0, signal);
      } catch (cause) {
        throw signal.aborted ? signal.reason : fileError(component, split.path, cause);
      }
    },
    async close() {
      await Promise.all([...opened].map((handle) => handle.close()));
    },
  };
}
