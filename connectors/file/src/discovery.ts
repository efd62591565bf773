import type { Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { isAbsolute, normalize, resolve } from 'node:path';
import { SluiceError, type SourceSplit } from '@sluice/connector-sdk';
import { glob, isDynamicPattern } from 'tinyglobby';
import { fileError, notAFile } from './file-error.js';
import { type FilesSettings, gzipTailed } from './files-settings.js';
import { hasRotated } from './rotation.js';

/** One file. */
export interface FileSplit {
  /** As the user wrote it or the pattern matched it, normalised: relative to the working directory when it was written so. */
  readonly path: string;
}

/**
 * The files that `paths` names now, in the order of their paths, each once.
 *
 * Errors: SLUICE_FILE_NOT_FOUND, SLUICE_FILE_NOT_A_FILE, SLUICE_FILE_PERMISSION, SLUICE_FILE_NO_MATCH, SLUICE_FILE_TAIL_GZIP.
 */
export async function discoverFiles(
  settings: FilesSettings,
  signal: AbortSignal,
): Promise<readonly SourceSplit<FileSplit>[]> {
  const found = new Map<string, string>();
  for (const written of settings.paths) {
    for (const path of await filesOf(settings, written, signal)) {
      const identity = resolve(path);
      if (!found.has(identity)) found.set(identity, path);
    }
  }
  signal.throwIfAborted();
  return [...found.values()].sort().map((path) => ({ id: path, split: { path } }));
}

async function filesOf(settings: FilesSettings, written: string, signal: AbortSignal): Promise<readonly string[]> {
  const literal = await stat(written).catch(() => undefined);
  if (literal === undefined && isDynamicPattern(written)) return matchesOf(settings, written, signal);
  const path = normalize(written);
  if (literal === undefined && settings.tail && (await hasRotated(path))) return [path];
  await requireReadableFile(settings.component, path, literal);
  return [path];
}

async function matchesOf(settings: FilesSettings, pattern: string, signal: AbortSignal): Promise<readonly string[]> {
  const { component, tail, allowNoMatch } = settings;
  const absolute = isAbsolute(pattern);
  const paths = (await glob(pattern, { absolute, expandDirectories: false, onlyFiles: true, signal })).map(normalize);
  if (paths.length === 0 && !tail && !allowNoMatch) {
    throw new SluiceError({
      code: 'SLUICE_FILE_NO_MATCH',
      component,
      expected: `the pattern ${pattern} to match at least one file`,
      actual: 'no match',
      remedy: 'correct the pattern (a relative one starts at the working directory), or set `allowNoMatch: true`',
    });
  }
  const there: string[] = [];
  for (const path of paths) {
    if (tail && path.endsWith('.gz')) throw gzipTailed(component, path);
    // Rotated since the pattern was matched: it is met again under its name.
    if (tail && (await stat(path).catch(() => undefined)) === undefined) continue;
    await requireReadableFile(component, path, undefined);
    there.push(path);
  }
  return there;
}

async function requireReadableFile(component: string, path: string, known: Stats | undefined): Promise<void> {
  try {
    const stats = known ?? (await stat(path));
    if (!stats.isFile()) throw notAFile(component, path, kindOf(stats));
    // Tried, not asked: `access` answers for the real user, and not for what a network file system thinks.
    await (await open(path)).close();
  } catch (cause) {
    throw fileError(component, path, cause);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a directory';
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}
