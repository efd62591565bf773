import { batchWriter, defineSink, type Sink } from '@sluice/connector-sdk';
import { Redis } from 'ioredis';
import { endpointOf } from '../pairs/sides.js';
import type { DocumentPlan } from './document-plan.js';
import type { Revision } from './revisions.js';

/** Whether each was written. */
type Write = (batch: readonly Revision[]) => Promise<readonly boolean[]>;

/** What somebody writes who thinks either of no versions or, with `looks at no replies`, of no answers. The judge has to notice it. */
export function plainSink(plan: DocumentPlan): Sink<Revision> {
  return defineSink<Revision>({
    name: 'plain',
    guarantee: 'idempotent',
    keyOf: ({ document }) => document,
    open: async (context) => {
      const redis = plan.target === 'elasticsearch' ? undefined : connection(plan);
      const write = redis === undefined ? toElasticsearch(plan) : toRedis(plan, redis);
      return batchWriter(context, {
        maxCount: 20,
        linger: 5,
        retry: { attempts: 200, initial: 5, max: 50 },
        async write(batch) {
          const done = await write(batch).catch((): boolean[] => batch.map(() => false));
          if (plan.mistake === 'looks at no replies' && done.length > 0) return undefined;
          return { retry: batch.filter((_, index) => done[index] !== true) };
        },
        close: async () => redis?.disconnect(),
      });
    },
  });
}

function connection({ place }: DocumentPlan): Redis {
  const redis = new Redis(endpointOf(place, 'redis'), { maxRetriesPerRequest: null, retryStrategy: () => 10 });
  redis.on('error', () => {});
  return redis;
}

function toRedis({ place, target }: DocumentPlan, redis: Redis): Write {
  return async (batch) => {
    const pipeline = redis.pipeline();
    for (const { id, document, n } of batch) {
      const key = `${place.name}:${document}`;
      if (target === 'hashes') pipeline.hset(key, { id, document, n });
      else pipeline.set(key, JSON.stringify({ id, document, n }));
    }
    return ((await pipeline.exec()) ?? []).map(([error]) => error === null);
  };
}

function toElasticsearch({ place, versions, mistake }: DocumentPlan): Write {
  // One mistake at a time: where replies are what is not looked at, nothing may go back.
  const versioned = versions === 'of the elements' && mistake === 'looks at no replies';
  const versionOf = ({ n }: Revision) => (versioned ? { version: n, version_type: 'external_gte' } : {});
  return async (batch) => {
    const lines = batch.flatMap((revision) => [
      JSON.stringify({ index: { _index: place.name, _id: revision.document, ...versionOf(revision) } }),
      JSON.stringify(revision),
    ]);
    const answer = await fetch(`${endpointOf(place, 'elasticsearch')}/_bulk`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: `${lines.join('\n')}\n`,
    });
    const { items = [] } = (await answer.json()) as { readonly items?: readonly { index: { status: number } }[] };
    return batch.map((_, item) => (items[item]?.index.status ?? 500) < 300);
  };
}
