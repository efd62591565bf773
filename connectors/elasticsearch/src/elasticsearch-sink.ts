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

/**
 * Documents in Elasticsearch, effectively once: each under the `_id` that its element determines, and in the end as its last element says.
 *
 * Every write carries a version (`version_type: external`), so that the server itself refuses what is older, however late it comes; such a
 * conflict (409) is success. Versions are the user's (`version`, such as an offset), or the sink's own:
 *
 * - A small document for each sink of each job, in the index `registry`, tells up to where versions have been given out, and to which
 *   run. A run claims a block of a million by compare-and-set when it starts, and another when that is used up. So its versions are
 *   above those of every run before: a replay writes over what the crashed run had written, and a zombie's writes are refused. An epoch
 *   packed with a counter would do the same until a job is started afresh on used indices: its epochs begin at 1 again, every write
 *   would be taken for stale, and nothing would be said. In the registry a new incarnation is one more claim. All versions stay below
 *   2^53, exact everywhere; where none are left the start is refused.
 * - A conflict with a version that this run has not given is looked into: a later run has registered (SLUICE_FENCED), or the version was
 *   never given out (SLUICE_ELASTICSEARCH_FOREIGN_VERSION: the registry was lost, or somebody else writes these documents).
 *
 * An `update` is read, merged and written whole, under the same versions: the server's own update takes no external version, so a
 * zombie's could not be refused, nor a replay told from news. That is sound because merging the same fields again changes nothing and this sink
 * is the only writer; whatever others change in these documents may be lost, and numbers above 2^53 in them are not kept exactly. A
 * `delete` leaves a mark with its version, since the server forgets a removed document's version after a minute.
 *
 * What the server refuses for good (400, 413) goes to the `rejected` output. 429, 503, other passing failures and lost connections are
 * tried again, those items alone, with growing pauses; a checkpoint waits for them. When attempts are used up the run fails and restarts.
 * Between a crash and the end of the replay a document may show an older state again. Keeps nothing in checkpoints.
 *
 * @throws SLUICE_ELASTICSEARCH_OPTIONS at once. Before the job starts: SLUICE_ELASTICSEARCH_UNREACHABLE, _LOGIN, _CLIENT, _PRIVILEGE, _INDEX,
 * _BLOCKED, _MAPPING. While it runs: SLUICE_ELASTICSEARCH_DOCUMENT, _MAPPING to the `rejected` output; SLUICE_FENCED,
 * SLUICE_ELASTICSEARCH_FOREIGN_VERSION, _VERSIONS_USED_UP, _REGISTRY, _INDEX, _PIPELINE, _PRIVILEGE, _BLOCKED, _REFUSED and
 * SLUICE_BATCH_WRITE fail the run.
 *
 * @example
 * const sink = elasticsearchSink<{ page: string; day: number; views: number }>({
 *   node: 'http://localhost:9200',
 *   index: { pattern: 'views-{yyyy.MM.dd}', timeOf: (v) => v.day },
 *   id: (v) => `${v.page} ${v.day}`,
 *   document: (v) => ({ page: v.page, views: v.views }),
 * });
 */
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
