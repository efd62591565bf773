import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../process/run.js';

/** Milliseconds in which services that start in parallel find out what they lack; one call installs it all. */
const COLLECTING = 300;

let collected: { readonly packages: Set<string>; readonly installed: Promise<void> } | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Installs Debian packages. Throws, with what to type instead, where this is not Debian or we are not root. */
export async function aptInstall(packages: readonly string[], neededFor: string): Promise<void> {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new Error(`${neededFor} is missing. Install it, or set the endpoint of a server that runs elsewhere.`);
  }
  if (process.getuid?.() !== 0) {
    throw new Error(
      `${neededFor} is missing, and only root can install it. Run: sudo apt-get install ${packages.join(' ')}`,
    );
  }
  collected ??= collect();
  for (const name of packages) collected.packages.add(name);
  return collected.installed;
}

function collect() {
  const packages = new Set<string>();
  const before = last;
  const installed = sleep(COLLECTING)
    .then(() => before)
    .then(() => {
      collected = undefined;
      return install([...packages]);
    });
  last = installed.catch(() => undefined);
  return { packages, installed };
}

async function install(packages: readonly string[]): Promise<void> {
  const command = `apt-get install ${packages.join(' ')}`;
  process.stderr.write(`${command}\n`);
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
