import { milliseconds, SluiceError } from '@sluice/connector-sdk';
import type { FilesOptions } from './files-options.js';
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
  requireOptions(component, options);
  const {
    tail = false,
    poll = 100,
    rotateWait = '5s',
    poison = 'fail',
    maxLineBytes = MAX_LINE_BYTES,
    allowNoMatch = false,
  } = options;
  const paths = checkedPaths(component, options.paths);
  requireOption(component, typeof tail === 'boolean', 'tail', 'true or false', tail);
  requireOption(component, typeof allowNoMatch === 'boolean', 'allowNoMatch', 'true or false', allowNoMatch);
  requireOption(
    component,
    Number.isSafeInteger(maxLineBytes) && maxLineBytes > 0,
    'maxLineBytes',
    'a whole number of bytes, at least 1',
    maxLineBytes,
  );
  requireOption(component, isPolicy(poison), 'poison', "'fail', 'skip' or a side output", poison);
  const pollMs = milliseconds(poll);
  requireOption(component, Number.isFinite(pollMs) && pollMs >= 1, 'poll', 'a duration of at least 1 ms', poll);
  const rotateWaitMs = milliseconds(rotateWait);
  requireOption(component, rotateWaitMs >= 0, 'rotateWait', 'a duration', rotateWait);
  const compressed = tail ? paths.find((path) => path.endsWith('.gz')) : undefined;
  if (compressed !== undefined) throw gzipTailed(component, compressed);
  return { component, paths, tail, pollMs, rotateWaitMs, poison, maxLineBytes, allowNoMatch };
}

export function requireOptions(component: string, options: unknown): void {
  requireOption(component, typeof options === 'object' && options !== null, 'options', 'an object', options);
}

export function requireOption(
  component: string,
  valid: boolean,
  name: string,
  expected: string,
  actual: unknown,
): void {
  if (valid) return;
  const shown = typeof actual === 'string' ? JSON.stringify(actual) : String(actual);
  throw new SluiceError({
    code: 'SLUICE_FILE_OPTIONS',
    component,
    expected: `\`${name}\`: ${expected}`,
    actual: shown,
    remedy: `correct \`${name}\``,
  });
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
  requireOption(component, valid, 'paths', 'a path or pattern, or a list of at least one', paths);
  return [...new Set(list)];
}

function isPolicy(poison: unknown): boolean {
  return poison === 'fail' || poison === 'skip' || (typeof poison === 'object' && poison !== null);
}
