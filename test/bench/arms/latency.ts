import { createJob, fromSource, memoryCheckpoints, type Source, to } from '@sluice/core';
import { redisStreamSink } from '@sluice/redis';
import { Redis } from 'ioredis';
import type { ArmResult } from '../arm.js';
import { sized } from '../size.js';
import { withServices } from './with-services.js';

const RATE = 10_000;
const EACH_MS = 2;
const WARM_UP = 10_000;
const ALL = WARM_UP + sized(30_000);
const LIMIT_MS = 10;

interface Stamped {
  readonly number: number;
  readonly at: number;
}

/**
 * 10,000 elements a second into a Redis stream, a checkpoint every second. The latency of an element is from when it is due until
 * a reader of the stream, in the same process, has got it: longer than until it is written. The figure is the 99th percentile.
 */
export function latencyOfJob(): Promise<ArmResult> {
  return withServices(['redis'], async ({ redis: { endpoint: url } }) => {
    const client = new Redis(url);
    const reader = new Redis(url);
    const stream = `sluice-bench:latency:${process.pid}:${Date.now()}`;
    try {
      const latencies = new Float64Array(ALL - WARM_UP);
      const reading = readAll(reader, stream, ({ number, at }) => {
        if (number >= WARM_UP) latencies[number - WARM_UP] = performance.now() - at;
      });
      const sink = redisStreamSink<Stamped>({
        url,
        key: () => stream,
        id: ({ number }) => `${number + 1}-0`,
        fields: ({ number, at }) => ({ number, at }),
        linger: '1ms',
      });
      const checkpoints = { interval: '1s', storage: memoryCheckpoints() } as const;
      const before = process.cpuUsage();
      await Promise.all([reading, createJob('latency', fromSource(steady()).pipe(to(sink)), { checkpoints }).run()]);
      const { user, system } = process.cpuUsage(before);
      latencies.sort();
      const at = (part: number) => latencies[Math.floor((latencies.length - 1) * part)] as number;
      return {
        ...{ wallMs: at(0.99), cpuMs: (user + system) / 1000, outputs: latencies.length, checksum: 0 },
        notes: { 'median, ms': at(0.5).toFixed(2), 'greatest, ms': at(1).toFixed(2) },
      };
    } finally {
      await client.del(stream, `{${stream}}:sluice`);
      client.disconnect();
      reader.disconnect();
    }
  });
}

/** Measures nothing: what the 99th percentile is to be. */
export async function latencyAllowed(): Promise<ArmResult> {
  return { wallMs: LIMIT_MS, cpuMs: 0, outputs: ALL - WARM_UP, checksum: 0, notes: { measured: 'no: the limit' } };
}

/** As many elements as the clock says are due, every two milliseconds. */
function steady(): Source<Stamped> {
  return {
    specVersion: 1,
    name: 'steady',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async () => ({
      async *read(_split, position) {
        let number = typeof position === 'number' ? position : 0;
        const began = performance.now() - (number * 1000) / RATE;
        while (number < ALL) {
          await new Promise((resolve) => setTimeout(resolve, EACH_MS));
          const due = Math.min(ALL, Math.floor(((performance.now() - began) * RATE) / 1000));
          if (due <= number) continue;
          const first = number;
          // When it was due, not when it could be given out: else whatever holds up the source would hide itself.
          const values = Array.from({ length: due - first }, (_, index) => ({
            number: first + index,
            at: began + ((first + index + 1) * 1000) / RATE,
          }));
          number = due;
          yield { values, positionAfter: (index: number) => first + index + 1 };
        }
      },
      close: async () => {},
    }),
  };
}

async function readAll(reader: Redis, stream: string, read: (element: Stamped) => void): Promise<void> {
  for (let last = '0-0', count = 0; count < ALL; ) {
    const answer = await reader.xread('COUNT', 1_000, 'BLOCK', 1_000, 'STREAMS', stream, last);
    for (const [id, fields] of answer?.[0]?.[1] ?? []) {
      read({ number: Number(fields[1]), at: Number(fields[3]) });
      last = id;
      count++;
    }
  }
}
