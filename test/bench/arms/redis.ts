import { createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { redisHashSink } from '@sluice/redis';
import { Redis } from 'ioredis';
import { map } from 'rxjs';
import type { ArmResult } from '../arm.js';
import { sized } from '../size.js';
import { batchSource, inBatches } from './batch-source.js';
import { withServices } from './with-services.js';
import { type Written, writeTimer, writtenBids } from './written-bids.js';

const WARM_UP = sized(20_000);
const ALL = WARM_UP + sized(80_000);
const PLACES = 20_000;
const AT_ONCE = 1_000;

/** Bids into hashes, versioned and fenced, a checkpoint every second. */
export function redisInJob(): Promise<ArmResult> {
  return intoHashes(async ({ url, prefix, written, timer }) => {
    const sink = redisHashSink<Written>({
      url,
      key: ({ place }) => prefix + place,
      fields: ({ bid: { auction, bidder, price, dateTime } }) => ({ auction, bidder, price, dateTime }),
    });
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

/** The same hashes by pipelines of 1,000 HSET, one after the other: neither versions nor a fence. */
export function redisByHand(): Promise<ArmResult> {
  return intoHashes(async ({ client, prefix, written, timer }) => {
    for (let from = 0; from < written.length; from += AT_ONCE) {
      const pipeline = client.pipeline();
      for (const { place, bid } of written.slice(from, from + AT_ONCE)) {
        const { auction, bidder, price, dateTime } = bid;
        pipeline.hset(prefix + place, { auction, bidder, price, dateTime });
        timer.given();
      }
      for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
    }
  });
}

interface Hashes {
  readonly url: string;
  readonly client: Redis;
  readonly prefix: string;
  readonly written: readonly Written[];
  readonly timer: ReturnType<typeof writeTimer>;
}

function intoHashes(write: (hashes: Hashes) => Promise<void>): Promise<ArmResult> {
  return withServices(['redis'], async ({ redis }) => {
    const client = new Redis(redis.endpoint);
    const prefix = `sluice-bench:${process.pid}:${Date.now()}:`;
    try {
      const timer = writeTimer(WARM_UP, ALL);
      await write({ url: redis.endpoint, client, prefix, written: writtenBids(ALL, PLACES), timer });
      timer.completed();
      const { outputs, checksum } = await read(client, prefix);
      const version = /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown';
      return { ...timer.result(), outputs, checksum, keys: outputs, notes: { Redis: version } };
    } finally {
      await remove(client, prefix);
      client.disconnect();
    }
  });
}

/** What the hashes hold at the end. */
async function read(client: Redis, prefix: string) {
  const pipeline = client.pipeline();
  for (let place = 0; place < PLACES; place++) {
    pipeline.hmget(`${prefix}${place}`, 'auction', 'bidder', 'price', 'dateTime');
  }
  let outputs = 0;
  let checksum = 0;
  for (const [place, [, fields]] of ((await pipeline.exec()) ?? []).entries()) {
    if (!Array.isArray(fields) || fields.includes(null)) continue;
    outputs++;
    for (const [at, field] of fields.entries())
      checksum = (checksum + Math.imul(Number(field), place * 4 + at + 1)) | 0;
  }
  return { outputs, checksum };
}

async function remove(client: Redis, prefix: string): Promise<void> {
  const keys = Array.from({ length: PLACES }, (_, place) => `${prefix}${place}`);
  for (let from = 0; from < keys.length; from += AT_ONCE) await client.unlink(...keys.slice(from, from + AT_ONCE));
}
