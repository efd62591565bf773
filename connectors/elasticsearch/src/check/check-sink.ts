import type { Client } from '@elastic/elasticsearch';
import type { PluginContext } from '@sluice/connector-sdk';
import { failureOf, statusOf } from '../server/request-failure.js';
import type { SinkSettings } from '../sink-settings.js';
import { checkIndices } from './check-indices.js';

/**
 * Whether the cluster answers, to this client and these credentials, and whether the indices can be what the sink needs.
 *
 * @throws SLUICE_ELASTICSEARCH_UNREACHABLE, _CLIENT, _LOGIN, _PRIVILEGE, _INDEX, _BLOCKED, _MAPPING
 */
export async function checkSink<T>(
  client: Client,
  settings: SinkSettings<T>,
  { signal }: Pick<PluginContext, 'signal'>,
): Promise<void> {
  try {
    await client.cluster.health({ timeout: '5s' }, { signal });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Whoever may write need not be allowed to ask how the cluster is, and not every offer of it tells: it has answered.
    const status = statusOf(error);
    if (status !== 403 && status !== 404 && status !== 410 && status !== 408)
      throw failureOf(settings.component, error);
  }
  await checkIndices(client, settings, signal);
}
