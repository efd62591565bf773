import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './root.js';

/** The part of package-lock.json that is read and completed. */
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}

interface LockedPackage {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const path = join(root, 'package-lock.json');

/**
 * `npm run lockfile`: writes the entries of other platforms' binaries that npm left out.
 * npm does so when the registry in use (a mirror, for instance) does not have them; `npm ci` refuses such a lockfile elsewhere.
 */
export async function completeLockfile(): Promise<number> {
  const lockfile: Lockfile = JSON.parse(await readFile(path, 'utf8'));
  for (const { name, version, dev } of missingBinaries(lockfile)) {
    lockfile.packages[`node_modules/${name}`] = {
      version,
      ...platformOf(name),
      ...(dev && { dev }),
      optional: true,
    };
  }
  const sorted = Object.entries(lockfile.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  await writeFile(path, `${JSON.stringify({ ...lockfile, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
  return 0;
}

/** Optional dependencies of an exact version (that is how binaries are named) for which there is no entry. */
export function missingBinaries({ packages }: Lockfile): { name: string; version: string; dev: boolean }[] {
  return Object.entries(packages).flatMap(([path, { dev = false, optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name, version]) => /^\d/.test(version) && !resolves(packages, path, name))
      .map(([name, version]) => ({ name, version, dev })),
  );
}

function resolves(packages: Lockfile['packages'], from: string, name: string): boolean {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (`${folder}/node_modules/${name}`.replace(/^\//, '') in packages) return true;
    if (folder === '') return false;
  }
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** The platform that a binary's name tells: `@rollup/rollup-linux-x64-musl`, `@turbo/windows-64`. */
export function platformOf(name: string): { os: string[]; cpu: string[]; libc?: string[] } {
  const words = name.split(/[/-]/).map((word) => ({ windows: 'win32', '64': 'x64' })[word] ?? word);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length !== 1 || cpu.length !== 1) throw new Error(`The name ${name} does not tell one platform.`);
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : '';
  return { os, cpu, ...(libc && { libc: [libc] }) };
}
