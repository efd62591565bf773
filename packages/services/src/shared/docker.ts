import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../process/run.js';
import { freePorts } from '../server/ports.js';
import type { Service, ServiceName } from '../service.js';
import { composeFile, servicesFolder } from './folder.js';

const stateFile = (name: ServiceName): string => join(servicesFolder(), name, 'docker.json');
const compose = (parameters: readonly string[], env: Readonly<Record<string, string>> = {}, timeout = 20_000) =>
  run('docker', ['compose', '--file', composeFile, ...parameters], { env, timeout });

let answers: Promise<boolean> | undefined;

/** The client alone proves nothing: the engine has to answer, and to know `compose`. */
export function dockerAnswers(): Promise<boolean> {
  answers ??= run('docker', ['info'], { timeout: 20_000 }).then(
    async ({ ok }) => ok && (await compose(['version'])).ok,
  );
  return answers;
}

/** The endpoint of the container that was started for us. */
export function dockerEndpoint(name: ServiceName): string | undefined {
  if (!existsSync(stateFile(name))) return undefined;
  return (JSON.parse(readFileSync(stateFile(name), 'utf8')) as { endpoint: string }).endpoint;
}

/** The container's endpoint, or undefined when the image cannot be had or does not become healthy. */
export async function startWithDocker({ name, localEndpoints }: Service): Promise<string | undefined> {
  const [port] = await freePorts(1, []);
  const env = { [`SLUICE_${name.toUpperCase()}_PORT`]: String(port) };
  const up = await compose(['up', '--detach', '--wait', '--force-recreate', name], env, 180_000);
  if (!up.ok) {
    process.stderr.write(`docker compose cannot start ${name}: ${up.output.trim().split('\n').pop()}\n`);
    await compose(['rm', '--stop', '--force', name]);
    return undefined;
  }
  // The first is what docker-compose.yml offers, on another port.
  const endpoint = (localEndpoints[0] ?? '').replace(/:\d+(?=\/|$)/, `:${port}`);
  mkdirSync(dirname(stateFile(name)), { recursive: true });
  writeFileSync(stateFile(name), JSON.stringify({ endpoint }), { mode: 0o600 });
  return endpoint;
}

export async function stopDocker(name: ServiceName): Promise<boolean> {
  if (!existsSync(stateFile(name))) return false;
  const { ok, output } = await compose(['rm', '--stop', '--force', '--volumes', name], {}, 60_000);
  if (!ok) throw new Error(`docker compose cannot stop ${name}: ${output.trim()}`);
  rmSync(stateFile(name));
  return true;
}
