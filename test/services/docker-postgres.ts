import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const composeFile = fileURLToPath(new URL('compose.yaml', import.meta.url));
const stateFile = (folder: string) => join(folder, 'docker.json');

function docker(args: readonly string[], password = ''): { ok: boolean; out: string } {
  const env = { ...process.env, SLUICE_POSTGRES_PASSWORD: password };
  const ran = spawnSync('docker', args, { encoding: 'utf8', env, timeout: 180_000 });
  return { ok: ran.status === 0, out: ran.stdout ?? '' };
}

/** The client alone proves nothing: the engine has to answer, and to know `compose`. */
export function dockerAnswers(): boolean {
  return docker(['info']).ok && docker(['compose', 'version']).ok;
}

export function dockerUrl(folder: string): string | undefined {
  if (!existsSync(stateFile(folder))) return undefined;
  return (JSON.parse(readFileSync(stateFile(folder), 'utf8')) as { url: string }).url;
}

/** The container's URL, or undefined when the image cannot be had or does not become healthy. */
export function startWithDocker(folder: string): string | undefined {
  const password = randomBytes(18).toString('base64url');
  const compose = ['compose', '-f', composeFile];
  if (!docker([...compose, 'up', '--detach', '--wait', '--force-recreate', 'postgres'], password).ok) return undefined;
  const port = docker([...compose, 'port', 'postgres', '5432'], password)
    .out.trim()
    .split(':')
    .pop();
  const url = `postgres://sluice:${password}@127.0.0.1:${port}/postgres`;
  mkdirSync(folder, { recursive: true });
  writeFileSync(stateFile(folder), JSON.stringify({ url }), { mode: 0o600 });
  return url;
}

export function stopDocker(folder: string): void {
  if (!existsSync(stateFile(folder))) return;
  docker(['compose', '-f', composeFile, 'down', '--volumes']);
  rmSync(stateFile(folder));
}
