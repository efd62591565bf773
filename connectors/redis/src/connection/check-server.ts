import { SluiceError } from '@sluice/connector-sdk';
import type { RedisClient } from './client.js';
import { isCluster } from './redis-error.js';

/** Whether the server is one that can be worked with. Rejects with a `RedisFailure`, or SLUICE_REDIS_VERSION, SLUICE_REDIS_CLUSTER. */
export async function checkServer(client: RedisClient, component: string): Promise<void> {
  const info = String(await client.command('info'));
  const old = oldServer(component, info);
  if (old !== undefined) throw old;
  if (!client.isCluster && /^cluster_enabled:1/m.test(info)) throw isCluster(component);
}

const LEAST = [6, 2] as const;

function oldServer(component: string, info: string): SluiceError | undefined {
  const [, version = '', major = '0', minor = '0'] = /^redis_version:((\d+)\.(\d+)\S*)/m.exec(info) ?? [];
  const [wantedMajor, wantedMinor] = LEAST;
  if (Number(major) > wantedMajor || (Number(major) === wantedMajor && Number(minor) >= wantedMinor)) return undefined;
  return new SluiceError({
    code: 'SLUICE_REDIS_VERSION',
    component,
    expected: `Redis ${LEAST.join('.')} or newer`,
    actual: version === '' ? 'a server that does not say its version' : version,
    remedy: 'upgrade the server',
  });
}
