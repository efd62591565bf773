import { Client } from '@elastic/elasticsearch';
import { elasticsearchSink } from '@sluice/elasticsearch';
import type { Written } from '../judge/compare.js';
import { endpointOf, type Place, type Running, type SinkSide } from './sides.js';

const registryOf = ({ name }: Place): string => `${name}-registry`;
const MOST_ACCOUNTS = 1_000;

async function withClient<R>(place: Place, use: (client: Client) => Promise<R>): Promise<R> {
  const client = new Client({ node: endpointOf(place, 'elasticsearch') });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

export const elasticsearchSinkSide: SinkSide = {
  needs: ['elasticsearch'],
  judged: () => 'latest',
  prepare: (place) =>
    withClient(place, async (client) => {
      await client.indices.create({
        index: place.name,
        settings: { number_of_shards: 1, number_of_replicas: 0 },
        mappings: { properties: { account: { type: 'keyword' } } },
      });
    }),
  create: (place) =>
    elasticsearchSink<Running>({
      node: endpointOf(place, 'elasticsearch'),
      index: place.name,
      registry: registryOf(place),
      id: ({ key }) => key,
      document: ({ key, value }) => ({ ...value, account: key }),
    }),
  readBack: (place) =>
    withClient(place, async (client) => {
      await client.indices.refresh({ index: place.name });
      const { hits } = await client.search<Written['running'][number]>({ index: place.name, size: MOST_ACCOUNTS });
      return hits.hits.flatMap(({ _source }) => (_source === undefined ? [] : [_source]));
    }),
  remove: (place) =>
    withClient(place, async (client) => {
      await client.indices.delete({ index: [place.name, registryOf(place)], ignore_unavailable: true });
    }),
};
