import type { Sink } from '@sluice/connector-sdk';
import { endpointOf, type Place } from '../pairs/sides.js';
import type { DocumentPlan } from './document-plan.js';
import type { Revision } from './revisions.js';

/** What is there of a document. */
export interface Stored {
  readonly id: number;
  readonly document: string;
  readonly n: number;
}

/** A system that keeps the latest revision of each document. */
export interface Target {
  prepare(place: Place): Promise<void>;
  create(plan: DocumentPlan): Promise<Sink<Revision>>;
  /** Everything that anybody would read at this moment. */
  readBack(place: Place): Promise<readonly Stored[]>;
  remove(place: Place): Promise<void>;
}

const registryOf = ({ name }: Place): string => `${name}-registry`;

async function askElasticsearch<A>(place: Place, method: string, path: string, body?: unknown): Promise<A> {
  const answer = await fetch(`${endpointOf(place, 'elasticsearch')}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
  return (await answer.json()) as A;
}

const ownVersion = ({ versions }: DocumentPlan) =>
  versions === 'of the elements' ? { version: ({ n }: Revision): number => n } : {};

const elasticsearch: Target = {
  async prepare(place) {
    await askElasticsearch(place, 'PUT', `/${place.name}`, {
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties: { amount: { type: 'long' }, document: { type: 'keyword' } } },
    });
  },
  async create(plan) {
    const { elasticsearchSink } = await import('@sluice/elasticsearch');
    return elasticsearchSink<Revision>({
      node: endpointOf(plan.place, 'elasticsearch'),
      index: plan.place.name,
      registry: registryOf(plan.place),
      id: ({ document }) => document,
      document: (revision) => revision,
      maxCount: 20,
      linger: 5,
      retry: { attempts: 100, initial: 2, max: 50 },
      ...ownVersion(plan),
    });
  },
  async readBack(place) {
    await askElasticsearch(place, 'POST', `/${place.name}/_refresh`);
    const { hits } = await askElasticsearch<{ readonly hits: { readonly hits: readonly { _source: Stored }[] } }>(
      place,
      'POST',
      `/${place.name}/_search`,
      { size: 1_000 },
    );
    return hits.hits.map(({ _source }) => _source);
  },
  async remove(place) {
    const indices = `${place.name},${registryOf(place)}`;
    await askElasticsearch(place, 'DELETE', `/${indices}?ignore_unavailable=true`);
  },
};

const keyOf = ({ name }: Place, document: string): string => `${name}:${document}`;

/** Small batches, so that many are on their way in a run. */
const batches = { maxBatchCount: 20, linger: 5 };

async function redisRows(place: Place, read: 'hash' | 'string'): Promise<Stored[]> {
  const { keysUnder, withRedis } = await import('../pairs/redis-client.js');
  return withRedis(place, async (redis) => {
    const keys = (await keysUnder(redis, keyOf(place, 'document'))).sort();
    if (read === 'string') {
      const texts = keys.length === 0 ? [] : await redis.mget(keys);
      return texts.flatMap((text): Stored[] => (text === null ? [] : [JSON.parse(text)]));
    }
    const replies = (await redis.pipeline(keys.map((key) => ['hgetall', key])).exec()) ?? [];
    return replies.map(([, fields]) => {
      const { id, document = '', n } = fields as Record<string, string>;
      return { id: Number(id), document, n: Number(n) };
    });
  });
}

async function removeRedis(place: Place): Promise<void> {
  const { keysUnder, withRedis } = await import('../pairs/redis-client.js');
  await withRedis(place, async (redis) => {
    // Those of the sink itself may have braces around them.
    for (const prefix of [place.name, `{${place.name}`]) {
      const keys = await keysUnder(redis, prefix);
      if (keys.length > 0) await redis.unlink(...keys);
    }
  });
}

const hashes: Target = {
  prepare: async () => {},
  async create(plan) {
    const { redisHashSink } = await import('@sluice/redis');
    return redisHashSink<Revision>({
      url: endpointOf(plan.place, 'redis'),
      prefix: `${plan.place.name}:`,
      key: ({ document }) => document,
      fields: ({ id, document, n }) => ({ id, document, n }),
      ...batches,
      ...ownVersion(plan),
    });
  },
  readBack: (place) => redisRows(place, 'hash'),
  remove: removeRedis,
};

const strings: Target = {
  prepare: async () => {},
  async create(plan) {
    const { redisStringSink } = await import('@sluice/redis');
    return redisStringSink<Revision>({
      url: endpointOf(plan.place, 'redis'),
      prefix: `${plan.place.name}:`,
      key: ({ document }) => document,
      value: ({ id, document, n }) => JSON.stringify({ id, document, n }),
      ...batches,
      ...ownVersion(plan),
    });
  },
  readBack: (place) => redisRows(place, 'string'),
  remove: removeRedis,
};

export const targets = { elasticsearch, hashes, strings } as const;
export type TargetName = keyof typeof targets;
