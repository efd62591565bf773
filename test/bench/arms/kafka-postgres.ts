import {
  aggregate,
  allOf,
  boundedOutOfOrderness,
  countOf,
  createJob,
  fileCheckpoints,
  fromSource,
  json,
  keyBy,
  sumOf,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import { postgresSink } from '@sluice/postgres';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { map } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { Meter } from '../meter.js';
import type { Bid } from '../nexmark/events.js';
import { LAG_MS } from './bid-stream.js';
import { TOPIC_BIDS, TOPIC_WARM_UP, withCountTopic } from './count-topic.js';
import { inTemporaryFolder } from './temporary-folder.js';
import { withServices } from './with-services.js';

const ALL = TOPIC_WARM_UP + TOPIC_BIDS;
const SIZE_MS = 1_000;
const ROWS_AT_ONCE = 1_000;

/** Bids and their total for each auction and second, from a topic into a table, exactly once: a checkpoint every second. */
export function windowsIntoPostgres(): Promise<ArmResult> {
  return fromTopicToTable(({ broker, topic, connectionString, schema, meter }) =>
    inTemporaryFolder(async (directory) => {
      let given = 0;
      let mark = TOPIC_WARM_UP;
      const bids = kafkaSource({
        brokers: [broker],
        topic,
        groupId: schema,
        value: json<Bid>(),
        startingOffsets: 'earliest',
        bounded: 'latest',
      });
      const flow = fromSource(bids).pipe(
        map((bid) => {
          if (++given === mark) mark = meter.reached();
          return bid;
        }),
        withTimestamps((bid) => bid.dateTime, boundedOutOfOrderness(LAG_MS)),
        keyBy((bid) => bid.auction),
        windowBy(tumbling(SIZE_MS)),
        aggregate(allOf({ bids: countOf<Bid>(), total: sumOf((bid: Bid) => bid.price) })),
        to(
          postgresSink({
            connectionString,
            schema,
            table: `${schema}.auction_seconds`,
            columns: {
              auction: ({ key }) => key,
              ends: ({ window }) => window.end,
              bids: ({ value }) => value.bids,
              total: ({ value }) => value.total,
            },
          }),
        ),
      );
      const storage = fileCheckpoints(directory);
      await createJob('auction-seconds', flow, { checkpoints: { interval: '1s', storage } }).run();
      meter.completed();
    }),
  );
}

interface Sums {
  bids: number;
  total: number;
}

/** The same rows by a bare consumer, a `Map` for each open window, and a transaction for every 1,000 rows: what a crash repeats stays. */
export function transactionsByHand(): Promise<ArmResult> {
  return fromTopicToTable(async ({ broker, topic, client, schema, meter }) => {
    const kafka = new Kafka({ clientId: 'sluice-bench', brokers: broker.split(','), logLevel: logLevel.NOTHING });
    const consumer = kafka.consumer({ groupId: schema });
    const windows = new Map<number, Map<number, Sums>>();
    let mark = TOPIC_WARM_UP;
    let given = 0;
    let latest = 0;
    const close = async (before: number) => {
      for (const [ends, auctions] of windows) {
        if (ends > before) continue;
        windows.delete(ends);
        await insert(client, schema, ends, [...auctions]);
      }
    };
    const take = ({ auction, price, dateTime }: Bid) => {
      const ends = dateTime - (dateTime % SIZE_MS) + SIZE_MS;
      const auctions = windows.get(ends) ?? new Map<number, Sums>();
      if (auctions.size === 0) windows.set(ends, auctions);
      const sums = auctions.get(auction);
      if (sums === undefined) auctions.set(auction, { bids: 1, total: price });
      else {
        sums.bids++;
        sums.total += price;
      }
      if (dateTime > latest) latest = dateTime;
    };
    await consumer.connect();
    try {
      await consumer.subscribe({ topic, fromBeginning: true });
      await new Promise<void>((resolve, reject) => {
        consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
        consumer
          .run({
            autoCommitInterval: 1_000,
            eachBatch: async ({ batch }) => {
              for (const { value } of batch.messages) {
                take(JSON.parse(`${value}`) as Bid);
                if (++given === mark) mark = meter.reached();
              }
              await close(given < ALL ? latest - LAG_MS : Number.POSITIVE_INFINITY);
              if (given === ALL) resolve();
            },
          })
          .catch(reject);
      });
      meter.completed();
    } finally {
      await consumer.disconnect();
    }
  });
}

async function insert(client: pg.Client, schema: string, ends: number, rows: readonly (readonly [number, Sums])[]) {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const now = rows.slice(from, from + ROWS_AT_ONCE);
    await client.query('BEGIN');
    await client.query({
      name: 'insert',
      text: `INSERT INTO ${schema}.auction_seconds (auction, ends, bids, total)
        SELECT auction, $1, bids, total FROM unnest($2::int8[], $3::int8[], $4::int8[]) AS row (auction, bids, total)`,
      values: [
        ends,
        now.map(([auction]) => auction),
        now.map(([, { bids }]) => bids),
        now.map(([, { total }]) => total),
      ],
    });
    await client.query('COMMIT');
  }
}

interface TopicAndTable {
  readonly broker: string;
  readonly topic: string;
  readonly connectionString: string;
  readonly client: pg.Client;
  readonly schema: string;
  readonly meter: Meter;
}

function fromTopicToTable(run: (systems: TopicAndTable) => Promise<void>): Promise<ArmResult> {
  return withCountTopic((topic) =>
    withServices(['postgres'], async ({ postgres: { endpoint: connectionString } }) => {
      const client = new pg.Client({ connectionString });
      await client.connect();
      const schema = `sluice_bench_${process.pid}_${Date.now()}`;
      try {
        await client.query(`CREATE SCHEMA ${schema}`);
        await client.query(`CREATE TABLE ${schema}.auction_seconds
          (auction int8, ends int8, bids int8, total int8, PRIMARY KEY (auction, ends))`);
        const meter = new Meter(TOPIC_WARM_UP, ALL);
        await run({ ...topic, connectionString, client, schema, meter });
        return { ...meter.result(), ...(await read(client, schema)) };
      } finally {
        await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
        await client.end();
      }
    }),
  );
}

/** What the table holds at the end. */
async function read(client: pg.Client, schema: string) {
  const { rows } = await client.query<{ rows: string; checksum: string; server: string }>(
    `SELECT count(*) AS rows, (sum((auction * 31 + ends % 1000003 * 7 + bids) * 17 + total) % 2147483647)::text AS checksum,
       current_setting('server_version') AS server FROM ${schema}.auction_seconds`,
  );
  const [found] = rows;
  if (found === undefined) throw new Error('no answer about the table');
  return { outputs: Number(found.rows), checksum: Number(found.checksum), notes: { PostgreSQL: found.server } };
}
