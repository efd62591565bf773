import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../tasks/root.js';

export interface PackedPackages {
  readonly tarballs: readonly string[];
  remove(): Promise<void>;
}

/** Packs every package that is published, as built, into a folder of its own. */
export async function packPackages(): Promise<PackedPackages> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-packed-'));
  const workspaces = (await publishedFolders()).flatMap((workspace) => ['--workspace', workspace]);
  const command = ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder, ...workspaces];
  await promisify(execFile)('npm', command, { cwd: root });
  return {
    tarballs: (await readdir(folder)).sort().map((file) => join(folder, file)),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** The folders of the packages that are not private, relative to the root. */
export async function publishedFolders(): Promise<string[]> {
  const folders = await Promise.all(
    ['packages', 'connectors'].map(async (parent) =>
      (await readdir(join(root, parent))).map((name) => `${parent}/${name}`),
    ),
  );
  const published: string[] = [];
  for (const folder of folders.flat()) {
    const manifest: { private?: boolean } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
    if (!manifest.private) published.push(folder);
  }
  return published;
}
