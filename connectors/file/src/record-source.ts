import { defineSource, type Source, structuredCodec } from '@sluice/connector-sdk';
import { discoverFiles, type FileSplit } from './discovery.js';
import type { FilesSettings } from './files-settings.js';
import type { RecordFormat } from './record-format.js';
import { recordReader } from './record-reader.js';

/** About 3 ms of parsing: enough that a chunk's own cost does not show, and little enough that other work of the thread gets its turn. */
const CHUNK_BYTES = 256 * 1024;

/** The source that reads files of a format. `chunkBytes` is a parameter so that tests can put every border everywhere. */
export function recordSource<T>(
  settings: FilesSettings,
  format: RecordFormat<T>,
  chunkBytes: number = CHUNK_BYTES,
): Source<T, FileSplit, number> {
  return defineSource<T, FileSplit, number>({
    name: settings.component,
    bounded: !settings.tail,
    replayable: true,
    splitCodec: structuredCodec<FileSplit>(),
    positionCodec: structuredCodec<number>(),
    discover: (signal) => discoverFiles(settings, signal),
    open: async (context) => recordReader(context, settings, format, chunkBytes),
  });
}
