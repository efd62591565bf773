import { existsSync } from 'node:fs';
import { run } from '../process/run.js';

let last: Promise<unknown> = Promise.resolve();

/** Installs Debian packages, one call after the other. Throws, with what to type instead, where this is not Debian or we are not root. */
export function aptInstall(packages: readonly string[], neededFor: string): Promise<void> {
  const installed = last.then(() => install(packages, neededFor));
  last = installed.catch(() => undefined);
  return installed;
}

async function install(packages: readonly string[], neededFor: string): Promise<void> {
  const command = `apt-get install ${packages.join(' ')}`;
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`${neededFor} is missing. Install it, or set the endpoint of a server that runs elsewhere.`);
  }
  if (process.getuid?.() !== 0) {
    throw new Error(`${neededFor} is missing, and only root can install it. Run: sudo ${command}`);
  }
  process.stderr.write(`${neededFor} is missing: ${command}\n`);
  let { ok, output } = await aptGet(packages);
  if (!ok) {
    await run('apt-get', ['update'], { timeout: 180_000 });
    ({ ok, output } = await aptGet(packages));
  }
  if (!ok) throw new Error(`${command} failed:\n${output.trim().split('\n').slice(-10).join('\n')}`);
}

function aptGet(packages: readonly string[]) {
  const quiet = ['-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];
  // RUNLEVEL keeps Debian from starting the servers that it installs.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return run('apt-get', ['install', ...quiet, ...packages], { env, timeout: 300_000 });
}
