import { errnoOf } from './checkpoint-failure.js';
import type { DurableFileSystem } from './durable-file.js';
import { inside } from './file-layout.js';

const FOLDER = /^([1-9][0-9]{0,15})-[0-9a-f]{32}$/;
const ROUNDS = 10_000;

export function workFolder(epoch: number, token: string): string {
  return `${epoch}-${token}`;
}

/**
 * Revokes every lease of an epoch below this one. When it resolves none of them can change anything any more: what they were about to
 * publish either is published, and will be listed, or never will be.
 */
export async function revokeOlder(fs: DurableFileSystem, work: string, epoch: number): Promise<void> {
  for (const name of await fs.readdir(work)) {
    const match = FOLDER.exec(name);
    if (match !== null && Number(match[1]) < epoch) await revoke(fs, inside(work, name));
  }
}

/**
 * Empties and removes the folder of a lease. An entry is either taken away here or has been renamed to where it counts, never both; and in a
 * removed folder nothing can be made, nor anything renamed into or out of it: that is what makes this a fence without a lock.
 */
export async function revoke(fs: DurableFileSystem, folder: string): Promise<void> {
  for (let round = 1; ; round++) {
    try {
      for (const name of await fs.readdir(folder)) await unlinkIfThere(fs, inside(folder, name));
      return await fs.rmdir(folder);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === 'ENOENT') return;
      // Its owner lives and has made another file meanwhile; it cannot win for long, since each file it loses fences it.
      if ((errno !== 'ENOTEMPTY' && errno !== 'EEXIST') || round === ROUNDS) throw error;
    }
  }
}

export async function unlinkIfThere(fs: DurableFileSystem, path: string): Promise<void> {
  await fs.unlink(path).catch((error: unknown) => {
    if (errnoOf(error) !== 'ENOENT') throw error;
  });
}
