import { join } from 'node:path';
import type { PartCommittable } from './part-committable.js';
import { errnoOf, type PartFiles } from './part-files.js';
import { makeRunFolder, namesIn, type RunFolder, renameIfThere, runsOf, unlinkIfThere } from './run-folder.js';
import { partLost, superseded } from './sink-error.js';

const ROUNDS = 10_000;

export interface TakeOver {
  readonly component: string;
  readonly files: PartFiles;
  readonly folder: RunFolder;
  readonly incarnation: string;
  readonly epoch: number;
  readonly subtask: number;
  /** A name for a new part of this run. */
  newName(extension: string): string;
}

/**
 * Takes the parts of a checkpoint over from earlier runs, and fences these: their folders are emptied into this run's and removed, so
 * nothing of theirs can become visible any more. What the checkpoint does not know is deleted. Answers the parts to go on with, cut to
 * their length in the checkpoint.
 *
 * Each run makes its folder before it looks for others: of two that start at the same time at least one sees the other.
 */
export async function takeOver(own: TakeOver, restored: readonly PartCommittable[]): Promise<PartCommittable[]> {
  const { component, files, folder, epoch, subtask } = own;
  await makeRunFolder(files, folder);
  const runs = (await runsOf(files, folder.incarnation)).filter((run) => run.subtask === subtask);
  if (runs.some((run) => run.epoch > epoch)) {
    await files.rmdir(folder.path).catch(() => {});
    throw superseded(component, epoch);
  }
  const kept = new Set(restored.map(({ name }) => name));
  for (const name of await namesIn(files, folder.path)) {
    if (!kept.has(name)) await unlinkIfThere(files, join(folder.path, name));
  }
  // Oldest first: a zombie that was itself taking over can only have moved a part to where we look next.
  for (const run of runs) if (run.epoch < epoch) await empty(files, run.path, folder.path, kept);
  const open: PartCommittable[] = [];
  for (const part of restored) {
    const continued = part.kind === 'open' ? await cut(own, part) : undefined;
    if (continued !== undefined) open.push(continued);
  }
  await files.syncDirectory(folder.path);
  await files.syncDirectory(folder.incarnation);
  return open;
}

/** An entry is either taken away here or has been renamed to where it is visible, never both; into a removed folder nothing can come. */
async function empty(files: PartFiles, from: string, to: string, kept: ReadonlySet<string>): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      for (const name of await files.readdir(from)) {
        if (kept.has(name)) await renameIfThere(files, join(from, name), join(to, name));
        else await unlinkIfThere(files, join(from, name));
      }
      return await files.rmdir(from);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT') return;
      // Its owner lives and has made another file meanwhile.
      if ((errno !== 'ENOTEMPTY' && errno !== 'EEXIST') || round === ROUNDS) throw error;
    }
  }
}

/**
 * Makes a part that is as long as the checkpoint says the only one of its name. It is copied and not cut in place: a suspended run may
 * still have it open, and would write on into it. One of another incarnation gets a name of its own, since that job may finish its own. Nothing
 * when the part has been finished and is visible.
 */
async function cut(own: TakeOver, part: PartCommittable): Promise<PartCommittable | undefined> {
  const { component, files, folder, incarnation } = own;
  const ours = part.incarnation === incarnation;
  const name = ours ? part.name : own.newName(part.name.slice(part.name.indexOf('.')));
  const path = join(folder.path, name);
  const source = ours ? path : await findPart(files, folder, part);
  const entry = source === undefined ? undefined : await files.entry(source);
  if (source === undefined || entry === undefined) {
    const visible = await files.entry(join(folder.directory, part.bucket, part.name));
    if (visible !== undefined && visible.size >= part.bytes) return undefined;
    throw partLost(component, part.name, 'none');
  }
  if (entry.size < part.bytes) throw partLost(component, part.name, `${entry.size} bytes instead of ${part.bytes}`);
  const copy = `${path}.copy`;
  await files.copy(source, copy, part.bytes);
  await files.rename(copy, path);
  return { ...part, incarnation, name };
}

/** Where a part of another incarnation is: that of a savepoint taken by a job on other storage, which may still be running. */
export async function findPart(
  files: PartFiles,
  { sink }: RunFolder,
  { incarnation, name }: PartCommittable,
): Promise<string | undefined> {
  for (const run of await runsOf(files, join(sink, incarnation))) {
    const path = join(run.path, name);
    if ((await files.entry(path)) !== undefined) return path;
  }
  return undefined;
}
