import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exclusive } from '@sluice/services';

/** Git-ignored: what peers are made of, and the files that they read. */
export const benchFolder = fileURLToPath(new URL('../../.bench/', import.meta.url));

/**
 * The file or folder `name` in there, named after what it is made from as well; `make` makes it the first time. It is made beside and
 * renamed, so that one that broke half way is never taken for a whole one; in parallel, one process makes it and the others wait.
 */
export function madeOnce(name: string, from: unknown, make: (unfinished: string) => Promise<void>): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(from)).digest('hex').slice(0, 12);
  const [stem, ending = ''] = name.split(/(?=\.)/);
  const made = join(benchFolder, `${stem}-${hash}${ending}`);
  if (existsSync(made)) return Promise.resolve(made);
  return exclusive(`${made}.lock`, async () => {
    if (existsSync(made)) return made;
    // A process may have been killed while it made it.
    const unfinished = `${made}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(dirname(made), { recursive: true });
    try {
      await make(unfinished);
      renameSync(unfinished, made);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    return made;
  });
}
