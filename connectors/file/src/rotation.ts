import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Clock } from '@sluice/connector-sdk';
import { replaced } from './file-error.js';

/** Which file a name stands for at the moment. */
export interface NamedFile {
  readonly path: string;
  /** Device and inode: the same file keeps them whatever it is called. */
  readonly id: string;
  /** Nanoseconds. */
  readonly modifiedAt: bigint;
}

/** Behind the name of a log, or before its extension: `.1`, `-20260131`, `.2026-01-31_10`. A compressed file is another one. */
const COMPRESSED = /\.(gz|zst|bz2|xz|lz4|Z)$/;
const ROTATED = /^[.-]\d[\d._:T-]*$/;

export async function idOf(handle: FileHandle): Promise<string> {
  const { dev, ino } = await handle.stat({ bigint: true });
  return `${dev}:${ino}`;
}

/** Undefined when nothing has that name. */
export async function fileAt(path: string): Promise<NamedFile | undefined> {
  try {
    const { dev, ino, mtimeNs } = await stat(path, { bigint: true });
    return { path, id: `${dev}:${ino}`, modifiedAt: mtimeNs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The file that was being read: under its name, or, rotated meanwhile, under another one in its folder. */
export async function findFile(component: string, path: string, id: string): Promise<string> {
  if ((await fileAt(path))?.id === id) return path;
  for (const name of await readdir(dirname(path))) {
    const other = join(dirname(path), name);
    if ((await fileAt(other))?.id === id) return other;
  }
  throw replaced(
    component,
    path,
    'the file that was being read is gone, rotated away or deleted before its end was reached',
  );
}

/** One that has been read to its end. */
export interface FinishedFile extends NamedFile {
  /** It has no name any more: it was deleted, or compressed into another file. */
  readonly nameless: boolean;
}

export async function finishedFile(path: string, handle: FileHandle): Promise<FinishedFile> {
  const { dev, ino, mtimeNs, nlink } = await handle.stat({ bigint: true });
  return { path, id: `${dev}:${ino}`, modifiedAt: mtimeNs, nameless: nlink === 0n };
}

/**
 * The file that was begun after this one, undefined while there is none: the oldest of the rotated ones that were written to later, or the
 * one that has the name now. More than one rotation may have passed since anybody looked.
 *
 * Errors: SLUICE_FILE_REPLACED when one between was compressed before it was read.
 */
export async function successorOf(component: string, finished: FinishedFile): Promise<NamedFile | undefined> {
  const { path } = finished;
  const later: NamedFile[] = [];
  let compressed = 0;
  for (const name of await readdir(dirname(path))) {
    const plain = name.replace(COMPRESSED, '');
    if (!isRotated(basename(path), plain)) continue;
    const file = await fileAt(join(dirname(path), name));
    if (file === undefined || file.id === finished.id || file.modifiedAt <= finished.modifiedAt) continue;
    if (plain === name) later.push(file);
    else compressed++;
  }
  // One of them may be what became of the finished file itself.
  if (compressed > (finished.nameless ? 1 : 0)) {
    throw replaced(component, path, 'one that came after it was compressed before it could be read');
  }
  later.sort((a, b) => (a.modifiedAt < b.modifiedAt ? -1 : 1));
  const [oldest] = later;
  if (oldest !== undefined) return oldest;
  const current = await fileAt(path);
  return current?.id === finished.id ? undefined : current;
}

/** Whether the log has older files: then it is missing only while it is being rotated. */
export async function hasRotated(path: string): Promise<boolean> {
  const names = await readdir(dirname(path)).catch(() => []);
  return names.some((name) => isRotated(basename(path), name.replace(COMPRESSED, '')));
}

function isRotated(log: string, name: string): boolean {
  if (name.startsWith(log) && ROTATED.test(name.slice(log.length))) return true;
  const extension = extname(log);
  const stem = log.slice(0, log.length - extension.length);
  if (extension === '' || !name.startsWith(stem) || !name.endsWith(extension)) return false;
  return ROTATED.test(name.slice(stem.length, name.length - extension.length));
}

/** How to wait for a file to grow, and when to wait no longer. */
export interface Following {
  /** False: another file has the name, and nothing has come for so long that nothing will. */
  next(): Promise<boolean>;
  /** Something has come. */
  grew(): void;
}

/** @param rotateWaitMs How long whoever wrote may still write to a file that was renamed. */
export function followFile(path: string, id: string, { clock, pollMs, rotateWaitMs, signal }: FollowTimes): Following {
  let rotatedAt: number | undefined;
  return {
    async next() {
      const named = await fileAt(path);
      // Between the renaming and the new file there is none.
      if (named === undefined || named.id === id) rotatedAt = undefined;
      // Not before it has been looked at once more: what came before the rotation may have come after the last look.
      else if (rotatedAt === undefined) rotatedAt = clock.now();
      else if (clock.now() - rotatedAt >= rotateWaitMs) return false;
      await clock.sleep(pollMs, signal);
      return true;
    },
    grew() {
      rotatedAt = undefined;
    },
  };
}

export interface FollowTimes {
  readonly clock: Clock;
  readonly pollMs: number;
  readonly rotateWaitMs: number;
  readonly signal: AbortSignal;
}

/** Opens the file that a name was found to stand for; undefined when the name stands for another one by now. */
export async function openFound(file: NamedFile): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    handle = await open(file.path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  if ((await idOf(handle)) === file.id) return handle;
  await handle.close();
  return undefined;
}
