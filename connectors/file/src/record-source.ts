import { defineSource, type Source, structuredCodec } from '@sluice/connector-sdk';
import { discoverFiles, type FileSplit } from './discovery.js';
import type { FilesSettings } from './files-settings.js';
import type { FilePosition } from './position.js';
import type { RecordFormat } from './record-format.js';
import { recordReader } from './record-reader.js';

/** About 1 ms of parsing JSON: the cost of a chunk itself does not show any more, and what waits for the thread soon has its turn. */
const CHUNK_BYTES = 128 * 1024;

/** The source that reads files of a format. `chunkBytes` is a parameter so that tests can put every border everywhere. */
export function recordSource<T>(
  settings: FilesSettings,
  format: RecordFormat<T>,
  chunkBytes: number = CHUNK_BYTES,
): Source<T, FileSplit, FilePosition> {
  return defineSource<T, FileSplit, FilePosition>({
    name: settings.component,
    bounded: !settings.tail,
    replayable: true,
    sideOutputs: typeof settings.poison === 'object' ? [settings.poison] : [],
    splitCodec: structuredCodec<FileSplit>(),
    positionCodec: structuredCodec<FilePosition>(),
    discover: (signal) => discoverFiles(settings, signal),
    open: async (context) => recordReader(context, settings, format, chunkBytes),
  });
}
