import { createRequire } from 'node:module';
import { join } from 'node:path';
import { madeOnce } from '../../bench-folder.js';
import { Unavailable } from '../../unavailable.js';
import { runProgram } from '../run-program.js';

const INSTALLING = 300_000;

/**
 * Packages from npm, which are installed the first time into a folder of their own, without scripts: a peer is no dependency of this
 * repository.
 *
 * @param versions exact, by name @throws Unavailable where npm cannot
 */
export async function npmPackages(versions: Readonly<Record<string, string>>): Promise<NodeJS.Require> {
  const packages = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const folder = await madeOnce('npm', versions, async (unfinished) => {
    const quiet = ['--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts', '--loglevel', 'error'];
    try {
      await runProgram('npm', ['install', ...quiet, '--prefix', unfinished, ...packages], { timeout: INSTALLING });
    } catch (error) {
      throw new Unavailable(`npm cannot install ${packages.join(' ')}: ${(error as Error).message}`);
    }
  });
  return createRequire(join(folder, 'package.json'));
}
