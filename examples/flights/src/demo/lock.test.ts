import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lock } from './lock.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

it('lets in one at a time', async () => {
  const path = join(folder, 'in', 'lock');
  const unlock = await lock(path);
  await expect(lock(path)).rejects.toThrow(`process ${process.pid}`);
  await unlock();
  await (await lock(path))();
});

it('takes over from a process that is gone', async () => {
  const path = join(folder, 'lock');
  // Above the largest pid that Linux gives.
  await writeFile(path, '4194305');
  await (await lock(path))();
});
