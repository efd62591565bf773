import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where one case works: nothing of another case is there. */
export interface ConformancePlace {
  /** Small letters and digits, beginning with a letter, 14 of them: put it into the names of tables, topics, keys. */
  readonly id: string;
  /** An empty directory, for systems that are files. It is removed afterwards. */
  readonly folder: string;
}

/** A new place; `remove` takes its directory away. */
export async function newPlace(): Promise<ConformancePlace & { remove(): Promise<void> }> {
  const id = `ct${randomBytes(6).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), `sluice-conformance-${id}-`));
  return { id, folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}
