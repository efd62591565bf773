import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { exclusive } from '../shared/exclusive.js';
import { servicesFolder } from '../shared/folder.js';

/**
 * The folder of that name among the cached programs; `make` fills it the first time. It is made beside and renamed, so that one that broke
 * half way is never taken for a whole one; in parallel, one process makes it and the others wait.
 */
export function cached(name: string, make: (unfinished: string) => Promise<void>): Promise<string> {
  const folder = join(servicesFolder(), 'cache', name);
  if (existsSync(folder)) return Promise.resolve(folder);
  return exclusive(`${folder}.lock`, async () => {
    if (existsSync(folder)) return folder;
    await removeUnfinished(folder);
    const unfinished = `${folder}.unfinished-${process.pid}`;
    await mkdir(unfinished, { recursive: true });
    try {
      await make(unfinished);
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    return folder;
  });
}

/** Of processes that were killed while they made it. */
async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.unfinished-`))
      await rm(join(dirname(folder), name), { recursive: true, maxRetries: 5 });
  }
}
