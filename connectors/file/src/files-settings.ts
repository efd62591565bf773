import { SluiceError, shownOption } from '@sluice/connector-sdk';
import type { FilesOptions } from './files-options.js';
import { option } from './option.js';
import type { PoisonPolicy } from './poison.js';

/** `FilesOptions`, checked and with the defaults in. */
export interface FilesSettings {
  readonly component: string;
  readonly paths: readonly string[];
  readonly tail: boolean;
  readonly pollMs: number;
  readonly rotateWaitMs: number;
  readonly poison: PoisonPolicy;
  readonly maxLineBytes: number;
  readonly allowNoMatch: boolean;
}

const MAX_LINE_BYTES = 16 * 1024 * 1024;

/** Errors: SLUICE_FILE_OPTIONS, SLUICE_FILE_TAIL_GZIP. */
export function filesSettings(component: string, options: FilesOptions): FilesSettings {
  option.object(component, 'options', options);
  const {
    tail = false,
    poll = 100,
    rotateWait = '5s',
    poison = 'fail',
    maxLineBytes = MAX_LINE_BYTES,
    allowNoMatch = false,
  } = options;
  const paths = checkedPaths(component, options.paths);
  const compressed = tail ? paths.find((path) => path.endsWith('.gz')) : undefined;
  if (compressed !== undefined) throw gzipTailed(component, compressed);
  return {
    component,
    paths,
    tail: option.trueOrFalse(component, 'tail', tail),
    pollMs: option.duration(component, 'poll', poll, 1),
    rotateWaitMs: option.duration(component, 'rotateWait', rotateWait, 0),
    poison: option.poison(component, poison),
    maxLineBytes: option.wholeNumber(component, 'maxLineBytes', maxLineBytes, 1, Number.MAX_SAFE_INTEGER),
    allowNoMatch: option.trueOrFalse(component, 'allowNoMatch', allowNoMatch),
  };
}

export function gzipTailed(component: string, path: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FILE_TAIL_GZIP',
    component,
    expected: 'a file that is not compressed, because `tail` is set',
    actual: `${path} is compressed with gzip`,
    remedy: 'tail the file before it is compressed, narrow the pattern, or read compressed files without `tail`',
  });
}

function checkedPaths(component: string, paths: string | readonly string[]): readonly string[] {
  const list = typeof paths === 'string' ? [paths] : paths;
  const valid = Array.isArray(list) && list.length > 0 && list.every((path) => typeof path === 'string' && path !== '');
  option.require(component, valid, 'paths', 'a path or pattern, or a list of at least one', shownOption(paths));
  return [...new Set(list)];
}
