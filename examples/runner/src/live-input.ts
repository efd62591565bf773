import { setTimeout as wait } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import type { ExampleOptions } from './options.js';
import { randomOf } from './random.js';
import type { Topic } from './topic.js';

/** A record of the example's topic; those of one key are in order. */
export interface InputRecord {
  readonly key: string;
  readonly value: string;
}

export type MakeRecord = (index: number, random: () => number) => InputRecord;

const TICK = 50;

/**
 * Writes records at the rate asked for, until the topic holds as many as it is to hold. It goes on behind those that are there. A process that
 * is killed while it writes may leave a record out or write one twice: what was produced is what the topic holds.
 */
export async function writeLive(
  topic: Topic,
  { records, rate, seed }: ExampleOptions,
  make: MakeRecord,
  onWritten: (total: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const first = await topic.size();
  onWritten(first);
  if (first >= records) return;
  const { DefaultPartitioner } = kafkajs.Partitioners;
  const producer = topic.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: DefaultPartitioner,
  });
  await producer.connect();
  const began = performance.now();
  let written = first;
  try {
    while (written < records && !signal.aborted) {
      await wait(TICK, undefined, { signal }).catch(() => undefined);
      const due = Math.min(records, first + Math.floor(((performance.now() - began) / 1000) * rate));
      if (due === written) continue;
      const messages = Array.from({ length: due - written }, (_, at) =>
        make(written + at, randomOf(seed, written + at)),
      );
      await producer.send({ topic: topic.name, messages });
      written = due;
      onWritten(written);
    }
  } finally {
    await producer.disconnect();
  }
}
