import { dirname, join, resolve, sep } from 'node:path';
import { badName, errnoOf } from './checkpoint-failure.js';
import { jobFolder } from './checkpoint-name.js';
import type { DurableFileSystem } from './durable-file.js';

export const COMPONENT = 'fileCheckpoints';

/**
 * Where the files of one job are.
 *
 * `leases/<epoch>` says who acquired, and is kept: an epoch is never given out twice. `work/<epoch>-<token>/` belongs to one lease; all that a
 * lease changes is a rename out of or into it, so whoever removes that folder has revoked the lease. `checkpoints/<id>` is a manifest,
 * `blobs/<name>` a blob.
 */
export interface FileLayout {
  readonly job: string;
  readonly base: string;
  readonly root: string;
  readonly leases: string;
  readonly work: string;
  readonly checkpoints: string;
  readonly blobs: string;
}

/** @param directory Already resolved, so that a later change of the working directory does not move it. */
export function fileLayout(directory: string, job: string): FileLayout {
  const root = inside(directory, jobFolder(job));
  const folder = (name: string) => inside(root, name);
  return {
    job,
    base: directory,
    root,
    leases: folder('leases'),
    work: folder('work'),
    checkpoints: folder('checkpoints'),
    blobs: folder('blobs'),
  };
}

/** The path of an entry of a folder: never one outside it, whatever the name. */
export function inside(folder: string, name: string): string {
  const path = resolve(folder, name);
  const prefix = folder.endsWith(sep) ? folder : folder + sep;
  if (path === join(folder, name) && path.startsWith(prefix) && !path.slice(prefix.length).includes(sep)) return path;
  throw badName(COMPONENT, `a name inside ${folder}`, JSON.stringify(name.slice(0, 80)), 'use plain names');
}

/** Makes the folders, durably: also those that a run before this one made and had no time to sync. */
export async function prepareLayout(fs: DurableFileSystem, layout: FileLayout): Promise<void> {
  await ensureDirectory(fs, layout.base);
  for (const folder of [layout.root, layout.leases, layout.work, layout.checkpoints, layout.blobs]) {
    await ensureDirectory(fs, folder);
  }
  await checkLayout(fs, layout);
  await fs.syncDirectory(layout.root);
  await fs.syncDirectory(layout.base);
  for (let path = dirname(layout.base); ; path = dirname(path)) {
    // Above the folder that was given we may lack the right to; what we made ourselves has been synced where it was made.
    await fs.syncDirectory(path).catch(() => undefined);
    if (path === dirname(path)) break;
  }
}

/** Symbolic links are refused; folders that are not there yet are fine. */
export async function checkLayout(fs: DurableFileSystem, layout: FileLayout): Promise<void> {
  for (const folder of [layout.root, layout.leases, layout.work, layout.checkpoints, layout.blobs]) {
    const kind = await fs.kindOf(folder).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return 'directory';
      throw error;
    });
    if (kind === 'directory') continue;
    throw badName(COMPONENT, `a real folder at ${folder}`, 'a link or a file', 'name the real folder as the directory');
  }
}

async function ensureDirectory(fs: DurableFileSystem, path: string): Promise<void> {
  try {
    await fs.mkdir(path);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST' || errnoOf(error) === 'EISDIR') return;
    if (errnoOf(error) !== 'ENOENT' || path === dirname(path)) throw error;
    await ensureDirectory(fs, dirname(path));
    return ensureDirectory(fs, path);
  }
  await fs.syncDirectory(dirname(path));
}
