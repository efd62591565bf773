import type { KafkaLog } from '../client/kafka-log.js';
import type { PartitionChannel } from './partition-channel.js';

/** Requests under way at once. */
const AT_ONCE = 16;

/**
 * Moves a partition on over batches that hold nothing at all.
 *
 * Compaction keeps the last batch of a producer even when all its records are gone, and where such batches end a segment the broker's
 * answer holds nothing else: the client cannot tell how far they reach. So each offset is asked for, and only those are passed that
 * answered with nothing; larger steps could jump over records.
 */
export async function skipEmptyBatches(
  log: KafkaLog,
  node: number,
  channel: PartitionChannel,
  maxBytes: number,
): Promise<void> {
  const { topic, partition, generation, end } = channel;
  let next = channel.offset + 1n;
  while (next < end && generation === channel.generation) {
    const offsets = Array.from({ length: AT_ONCE }, (_, step) => next + BigInt(step)).filter((offset) => offset < end);
    const answers = await Promise.all(
      offsets.map((offset) => log.fetch(node, [{ topic, partition, offset, maxBytes }], { maxBytes, maxWaitTime: 0 })),
    );
    const found = answers.map(([answer]) => answer).find((answer) => answer && answer.nextOffset > answer.offset);
    if (found !== undefined) {
      channel.skipTo(generation, found.offset);
      return channel.accept(generation, found);
    }
    next += BigInt(offsets.length);
    channel.skipTo(generation, next);
  }
  channel.skipTo(generation, end);
}
