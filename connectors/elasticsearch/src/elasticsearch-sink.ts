import { Client } from '@elastic/elasticsearch';
import { defineSink, type IdempotentSink } from '@sluice/connector-sdk';
import { checkSink } from './check/check-sink.js';
import { elasticsearchWriter } from './elasticsearch-writer.js';
import { placeOf } from './entry/encode-entry.js';
import { keyOfPlace } from './entry/entry.js';
import { failureOf } from './server/request-failure.js';
import type { ElasticsearchSinkOptions } from './sink-options.js';
import { sinkSettings } from './sink-settings.js';
import { VersionRegistry } from './versions/registry.js';
import { RegisteredVersions, type VersionGiver, versionsOfTheUser } from './versions/version-giver.js';

export function elasticsearchSink<T>(options: ElasticsearchSinkOptions<T>): IdempotentSink<T> {
  const settings = sinkSettings(options);

  /** Whatever fails in it leaves no connection open. */
  async function connected<R>(use: (client: Client) => Promise<R>): Promise<R> {
    const client = new Client(settings.client);
    try {
      return await use(client);
    } catch (error) {
      await client.close();
      throw failureOf(settings.component, error);
    }
  }

  return defineSink<T>({
    name: 'elasticsearch',
    guarantee: 'idempotent',
    keyOf: (value) => keyOfPlace(placeOf(settings, value)),

    check: (context) =>
      connected(async (client) => {
        await checkSink(client, settings, context);
        await client.close();
      }),

    open: (context) =>
      connected(async (client) => {
        let versions: VersionGiver = versionsOfTheUser;
        if (settings.version === undefined) {
          const registry = new VersionRegistry(client, settings.registry, settings.component, context);
          await registry.prepare();
          const block = await registry.claim({ again: false, floor: settings.versionFloor });
          versions = new RegisteredVersions(block, registry, settings.component, context);
        }
        return elasticsearchWriter(client, settings, versions, context);
      }),
  });
}
