import { type FileHandle, open } from 'node:fs/promises';
import type { PluginContext, SourceBatch, SourceReader } from '@sluice/connector-sdk';
import { lineTooLong } from './bad-line.js';
import { type BadLines, BatchBuilder, type PositionOf } from './batch.js';
import { fromFirstRecord } from './chunk-start.js';
import type { FileSplit } from './discovery.js';
import type { FileChunk, InputFile } from './file-chunk.js';
import { changed, fileError, replaced } from './file-error.js';
import { type FilesSettings, gzipTailed } from './files-settings.js';
import { gzipChunks, isGzip, refuseZstd } from './gzip-chunks.js';
import { readHeader } from './header.js';
import { plainChunks } from './plain-chunks.js';
import { type FilePosition, fileOf, offsetOf, readTwice } from './position.js';
import { RecordAssembler } from './record-assembler.js';
import type { RecordDecoder, RecordFormat } from './record-format.js';
import { isLong, type LongRecord, type Records } from './records.js';
import {
  type FinishedFile,
  type FollowTimes,
  fileAt,
  findFile,
  finishedFile,
  followFile,
  idOf,
  openFound,
  successorOf,
} from './rotation.js';

type Batches<T> = AsyncGenerator<SourceBatch<T, FilePosition>>;

/** Reads files by the format, one batch for each chunk. */
export function recordReader<T>(
  context: PluginContext,
  settings: FilesSettings,
  format: RecordFormat<T>,
  chunkBytes: number,
): SourceReader<T, FileSplit, FilePosition> {
  const { component, poison, maxLineBytes, tail, pollMs, rotateWaitMs } = settings;
  const opened = new Set<FileHandle>();
  const skipped = context.metrics.counter('sluice_file_lines_skipped_total', 'Lines that could not be decoded');

  /** Which file is read under which path: a tailed pattern may match one file twice, once it has been rotated. */
  const pathOf = new Map<string, string>();

  async function* read(path: string, position: FilePosition | undefined, signal: AbortSignal): Batches<T> {
    const handle = await opening(open(path));
    const input: InputFile = { component, path, handle, chunkBytes };
    try {
      const known = fileOf(position);
      if (known !== undefined && known !== (await idOf(handle))) throw replaced(component, path, 'another file');
      const chunks = await chunksOf(input);
      yield* readFile(input, chunks, offsetOf(position), (offset) => offset, signal);
    } finally {
      await closing(handle);
    }
  }

  /** The file, and after it whatever takes its name. */
  async function* tailing(path: string, position: FilePosition | undefined, signal: AbortSignal): Batches<T> {
    const times: FollowTimes = { clock: context.clock, pollMs, rotateWaitMs, signal };
    const known = fileOf(position);
    let start = offsetOf(position);
    let handle = await opening(
      known === undefined ? awaitFile(path, times) : findFile(component, path, known).then((at) => open(at)),
    );
    for (;;) {
      const input: InputFile = { component, path, handle, chunkBytes };
      const id = await idOf(handle);
      try {
        if (await isGzip(input)) throw gzipTailed(component, path);
        const other = pathOf.get(id);
        if (other !== undefined && other !== path) throw readTwice(component, path, other);
        pathOf.set(id, path);
        const positionOf: PositionOf = (offset) => ({ offset, file: id });
        // At once, so that the checkpoint knows which file it is even if that gives nothing for long.
        yield { values: [], positionAfter: () => positionOf(start) };
        const chunks = (from: number) => plainChunks(input, from, followFile(path, id, times));
        yield* readFile(input, chunks, start, positionOf, signal);
        signal.throwIfAborted();
        const next = await awaitSuccessor(await finishedFile(path, handle), times);
        await closing(handle);
        handle = next;
        opened.add(handle);
        start = 0;
        context.report('fileRotated', { file: path });
      } finally {
        if (opened.has(input.handle) && input.handle !== handle) await closing(input.handle);
      }
    }
  }

  /** In the middle of a rotation there is none for a moment. */
  async function awaitFile(path: string, { clock, signal }: FollowTimes): Promise<FileHandle> {
    for (;;) {
      const named = await fileAt(path);
      const handle = named === undefined ? undefined : await openFound(named);
      if (handle !== undefined) return handle;
      await clock.sleep(pollMs, signal);
    }
  }

  async function awaitSuccessor(finished: FinishedFile, { clock, signal }: FollowTimes): Promise<FileHandle> {
    for (;;) {
      const next = await successorOf(component, finished);
      const handle = next === undefined ? undefined : await openFound(next);
      if (handle !== undefined) return handle;
      await clock.sleep(pollMs, signal);
    }
  }

  async function* readFile(
    input: InputFile,
    chunks: (position: number) => AsyncIterable<FileChunk>,
    position: number,
    positionOf: PositionOf,
    signal: AbortSignal,
  ): Batches<T> {
    const { path } = input;
    const header = format.header ? await readHeader(input, chunks(0), format.boundaries(), maxLineBytes) : undefined;
    // A file without its header row is empty: what is left to see is whether it was so before.
    if (format.header && header === undefined) {
      for await (const _ of chunks(position)) break;
      return;
    }
    const start = Math.max(position, header?.end ?? 0);
    const records = fromFirstRecord(chunks(start), start, () => changed(component, path, start));
    const decoder = format.decoder({ component, path }, header?.content);
    yield* batches(records, decoder, { component, file: path, policy: poison, skipped }, positionOf, signal);
  }

  async function chunksOf(input: InputFile) {
    const gzip = await isGzip(input);
    if (!gzip) await refuseZstd(input);
    return (position: number) => (gzip ? gzipChunks(input, position) : plainChunks(input, position, undefined));
  }

  async function opening(handle: Promise<FileHandle>): Promise<FileHandle> {
    const there = await handle;
    opened.add(there);
    return there;
  }

  async function closing(handle: FileHandle): Promise<void> {
    opened.delete(handle);
    await handle.close();
  }

  async function* batches(
    chunks: AsyncIterable<FileChunk>,
    decode: RecordDecoder<T>,
    badLines: BadLines,
    positionOf: PositionOf,
    signal: AbortSignal,
  ): Batches<T> {
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
    ): Generator<SourceBatch<T, FilePosition>> {
      const builder = new BatchBuilder<T>(badLines, positionOf);
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
        yield* tail ? tailing(split.path, position, signal) : read(split.path, position, signal);
      } catch (cause) {
        throw signal.aborted ? signal.reason : fileError(component, split.path, cause);
      }
    },
    async close() {
      await Promise.all([...opened].map((handle) => handle.close()));
    },
  };
}
