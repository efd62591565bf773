import { type Decoder, type Source, shownOption } from '@sluice/connector-sdk';
import type { FileSplit } from './discovery.js';
import type { FilesOptions } from './files-options.js';
import { filesSettings } from './files-settings.js';
import { lineFormat } from './line-format.js';
import { option } from './option.js';
import type { FilePosition } from './position.js';
import { recordSource } from './record-source.js';

export interface FileSourceOptions<T> extends FilesOptions {
  /** What a line is: `json()`, `text()`, or any decoder. It is given the line without its LF or CRLF. */
  readonly value: Decoder<T>;
  /** Whether a line without a byte in it is left out (default) or is given to the decoder like any other. */
  readonly emptyLines?: 'skip' | 'decode';
}

/**
 * A replayable source of the lines of files: NDJSON, logs, anything with one record a line.
 *
 * Each file is a split that is read in order; it emits one value for each line. A bounded source (the default) also emits a last line without a
 * newline; a tailing one waits for the newline. A file compressed with gzip, known by `.gz` or its first bytes, is decompressed on
 * the way. A byte order mark is left out.
 *
 * The position is the byte offset in the (decompressed) file behind the last line that was emitted: it is all the state there is.
 *
 * @param options `paths` are files or glob patterns, `value` decodes a line; `tail`, `poll`, `poison`, `maxLineBytes`, `allowNoMatch` as in `FilesOptions`.
 *
 * Errors at once: SLUICE_FILE_OPTIONS, SLUICE_FILE_TAIL_GZIP. At start: SLUICE_FILE_NOT_FOUND, SLUICE_FILE_NOT_A_FILE,
 * SLUICE_FILE_PERMISSION, SLUICE_FILE_NO_MATCH. While it runs: SLUICE_FILE_LINE and SLUICE_FILE_LINE_TOO_LONG for a bad line when
 * `poison` is `'fail'`; SLUICE_FILE_TRUNCATED, SLUICE_FILE_CHANGED and SLUICE_FILE_REPLACED for a file that is no longer what was read of it;
 * SLUICE_FILE_GZIP for a damaged one; SLUICE_FILE_UNREADABLE for what the file system says otherwise.
 *
 * @example
 * const orders = fileSource({ paths: 'orders/*.ndjson', value: json<{ id: number }>() });
 */
export function fileSource<T>(options: FileSourceOptions<T>): Source<T, FileSplit, FilePosition> {
  const component = 'fileSource';
  const settings = filesSettings(component, options);
  const { value, emptyLines = 'skip' } = options;
  option.require(
    component,
    typeof value?.decode === 'function',
    'value',
    'a decoder, as json() and text() are',
    shownOption(value),
  );
  option.require(
    component,
    emptyLines === 'skip' || emptyLines === 'decode',
    'emptyLines',
    "'skip' or 'decode'",
    shownOption(emptyLines),
  );
  return recordSource(settings, lineFormat(value, emptyLines));
}
