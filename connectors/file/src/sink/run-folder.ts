import { join } from 'node:path';
import { errnoOf, type PartFiles } from './part-files.js';
import { type RunIdentity, sinkFolder } from './part-name.js';

const HIDDEN = '.sluice-parts';
const RUN = /^(\d{1,16})-(\d{1,6})$/;

/**
 * Where the sink keeps what is not finished, hidden in its directory and so on the same file system.
 *
 * `.sluice-parts/<sink>/<incarnation>/<epoch>-<subtask>/` belongs to one run. All that a run makes visible is a rename out of that
 * folder, so whoever has emptied and removed it has fenced the run, without a lock. `ledger-<epoch>-<subtask>` beside it says what the
 * run has committed.
 */
export interface RunFolder {
  readonly directory: string;
  readonly root: string;
  readonly sink: string;
  readonly incarnation: string;
  /** The run's own. */
  readonly path: string;
  readonly ledger: string;
}

export function runFolder(directory: string, identity: RunIdentity): RunFolder {
  const root = join(directory, HIDDEN);
  const sink = join(root, sinkFolder(identity));
  const incarnation = join(sink, identity.incarnation);
  const run = `${identity.epoch}-${identity.subtask}`;
  return {
    directory,
    root,
    sink,
    incarnation,
    path: join(incarnation, run),
    ledger: join(incarnation, `ledger-${run}`),
  };
}

/** A run of an incarnation, as its folder tells. */
export interface RunEntry {
  readonly epoch: number;
  readonly subtask: number;
  readonly path: string;
}

/** The runs of an incarnation that have a folder, oldest first. */
export async function runsOf(files: PartFiles, incarnation: string): Promise<RunEntry[]> {
  const runs: RunEntry[] = [];
  for (const name of await namesIn(files, incarnation)) {
    const [, epoch, subtask] = RUN.exec(name) ?? [];
    if (epoch !== undefined)
      runs.push({ epoch: Number(epoch), subtask: Number(subtask), path: join(incarnation, name) });
  }
  return runs.sort((a, b) => a.epoch - b.epoch || a.subtask - b.subtask);
}

/** Nothing when the folder is not there. */
export async function namesIn(files: PartFiles, folder: string): Promise<string[]> {
  try {
    return await files.readdir(folder);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** The folder and those above it, up to `directory`, durable. */
export async function makeRunFolder(files: PartFiles, folder: RunFolder): Promise<void> {
  let parent = folder.directory;
  for (const path of [folder.root, folder.sink, folder.incarnation, folder.path]) {
    await makeFolder(files, parent, path);
    parent = path;
  }
}

/** Durable also when somebody else has just made it. */
export async function makeFolder(files: PartFiles, parent: string, path: string): Promise<void> {
  try {
    await files.mkdir(path);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
  }
  await files.syncDirectory(parent);
}

export async function unlinkIfThere(files: PartFiles, path: string): Promise<void> {
  await files.unlink(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
}

/** Answers false when there is nothing of that name. */
export async function renameIfThere(files: PartFiles, from: string, to: string): Promise<boolean> {
  try {
    await files.rename(from, to);
    return true;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false;
    throw error;
  }
}
