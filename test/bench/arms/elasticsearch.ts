import { Client } from '@elastic/elasticsearch';
import { createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { elasticsearchSink } from '@sluice/elasticsearch';
import { map } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { sized } from '../size.js';
import { batchSource, inBatches } from './batch-source.js';
import { withServices } from './with-services.js';
import { type Written, writeTimer, writtenBids } from './written-bids.js';

const WARM_UP = sized(10_000);
const ALL = WARM_UP + sized(30_000);
const PLACES = 10_000;
const AT_ONCE = 1_000;

/** Bids into documents, versioned, a checkpoint every second. */
export function elasticsearchInJob(): Promise<ArmResult> {
  return intoDocuments(async ({ node, index, written, timer }) => {
    const sink = elasticsearchSink<Written>({ node, index, id: ({ place }) => place, document: ({ bid }) => bid });
    const flow = fromSource(batchSource(inBatches(written))).pipe(
      map((value) => {
        timer.given();
        return value;
      }),
      to(sink),
    );
    await createJob('bids', flow, { checkpoints: { interval: '1s', storage: memoryCheckpoints() } }).run();
  });
}

/** The same documents under the same ids by bulk requests of the same size, one after the other, without versions. */
export function elasticsearchByHand(): Promise<ArmResult> {
  return intoDocuments(async ({ client, index, written, timer }) => {
    for (let from = 0; from < written.length; from += AT_ONCE) {
      const documents = written.slice(from, from + AT_ONCE);
      timer.given(documents.length);
      const operations = documents.flatMap(({ place, bid }) => [{ index: { _index: index, _id: place } }, bid]);
      const { errors } = await client.bulk({ operations });
      if (errors) throw new Error('a document was refused');
    }
  });
}

interface Documents {
  readonly node: string;
  readonly client: Client;
  readonly index: string;
  readonly written: readonly Written[];
  readonly timer: ReturnType<typeof writeTimer>;
}

function intoDocuments(write: (documents: Documents) => Promise<void>): Promise<ArmResult> {
  return withServices(['elasticsearch'], async ({ elasticsearch: { endpoint: node } }) => {
    const client = new Client({ node });
    const index = `sluice-bench-${process.pid}-${Date.now()}`;
    const whole = { type: 'long' } as const;
    await client.indices.create({
      index,
      settings: { number_of_shards: 1, number_of_replicas: 0 },
      mappings: { properties: { auction: whole, bidder: whole, price: whole, dateTime: whole } },
    });
    try {
      const timer = writeTimer(WARM_UP, ALL);
      await write({ node, client, index, written: writtenBids(ALL, PLACES), timer });
      timer.completed();
      const { outputs, checksum } = await read(client, index);
      const { nodes } = await client.nodes.info({ filter_path: 'nodes.*.version' });
      const version = Object.values(nodes)[0]?.version ?? 'unknown';
      return { ...timer.result(), outputs, checksum, keys: outputs, notes: { Elasticsearch: version } };
    } finally {
      await client.indices.delete({ index });
      await client.close();
    }
  });
}

/** What the documents hold at the end. */
async function read(client: Client, index: string) {
  await client.indices.refresh({ index });
  const { hits } = await client.search<Written['bid']>({
    index,
    size: PLACES,
    _source: ['auction', 'bidder', 'price', 'dateTime'],
  });
  let checksum = 0;
  for (const { _id, _source: bid } of hits.hits) {
    if (bid === undefined) throw new Error('a document without its source');
    const { auction, bidder, price, dateTime } = bid;
    const whole = auction + bidder * 3 + price * 5 + dateTime * 7;
    checksum = (checksum + Math.imul(whole, Number(_id) + 1)) | 0;
  }
  return { outputs: hits.hits.length, checksum };
}
