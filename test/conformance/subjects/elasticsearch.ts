import {
  type ConformanceItem,
  type ConformancePlace,
  type SinkConformanceOptions,
  sinkConformance,
} from '@sluice/conformance';
import { type ElasticsearchSinkOptions, elasticsearchSink } from '@sluice/elasticsearch';
import { isProofChild } from '../proof-child.js';
import { ProxiedEndpoint, type ProxiedServer } from '../proxied-endpoint.js';

const server = new ProxiedEndpoint('SLUICE_TEST_ELASTICSEARCH');

async function ask<R>(method: string, path: string, body?: object): Promise<R> {
  const response = await fetch(`${server.url}/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as R;
}

function options({ id }: ConformancePlace): ElasticsearchSinkOptions<ConformanceItem> {
  return {
    node: server.proxy,
    index: id,
    id: (item) => item.key,
    document: (item) => item,
    registry: `${id}-registry`,
    maxCount: 100,
    requestTimeout: '5s',
  };
}

const x: ConformancePlace = { id: 'x', folder: '' };

const proof: SinkConformanceOptions = {
  name: 'elasticsearchSink',
  module: import.meta.url,
  environment: () => server.environment,
  guarantee: 'idempotent',
  capabilities: { order: 'an index keeps the newest of each document only' },
  secrets: ['very-secret'],
  create: (place) => elasticsearchSink(options(place)),
  async setUp({ id }) {
    const text = { type: 'keyword', ignore_above: 100 };
    await ask('PUT', id, {
      settings: { number_of_shards: 1, number_of_replicas: 0, refresh_interval: '-1' },
      mappings: { dynamic: 'strict', properties: { id: { type: 'integer' }, key: text, text } },
    });
  },
  async tearDown({ id }) {
    await ask('DELETE', `${id},${id}-registry?ignore_unavailable=true`);
  },
  async readBack({ id }) {
    await ask('POST', `${id}/_refresh`);
    const { hits } = await ask<{ hits: { hits: { _source: ConformanceItem }[] } }>('POST', `${id}/_search`, {
      size: 1_000,
    });
    return hits.hits.map(({ _source }) => _source);
  },
  loseConnections: () => server.loseConnections(),
  unreachable: () =>
    elasticsearchSink({
      ...options(x),
      node: 'http://me:very-secret@127.0.0.1:1',
      requestTimeout: '1s',
      retry: { attempts: 2 },
    }),
  invalidOptions: {
    'no node': () => elasticsearchSink({ ...options(x), node: [] }),
    'no id': () => elasticsearchSink({ ...options(x), id: undefined as never }),
    'a request of nothing': () => elasticsearchSink({ ...options(x), maxCount: 0 }),
  },
  // The mapping takes no text where a number belongs.
  poison: { element: { id: 'no number' as never, key: 'poison', text: '' }, outcome: 'rejected' },
};

/** Makes the tests; in a child process, runs the pipeline. */
export async function proveElasticsearch(at?: ProxiedServer, module: string = import.meta.url): Promise<void> {
  server.use(at);
  await sinkConformance({ ...proof, module });
}

if (isProofChild()) await proveElasticsearch();
