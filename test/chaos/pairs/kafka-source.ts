import { json } from '@sluice/core';
import { kafkaSource } from '@sluice/kafka';
import type { Producer } from 'kafkajs';
import { type Payment, paymentsOf } from '../workload/payments.js';
import { makeTopic, removeTopics, withProducer } from './kafka-topic.js';
import { endpointOf, type Place, type SourceSide } from './sides.js';

/** Records in one batch: so small that a job has always some of the input still to fetch. */
const BATCH = 50;

export function inputTopic({ name }: Place): string {
  return `${name}-in`;
}

export function groupOf({ name }: Place): string {
  return `${name}-group`;
}

/** A split of the input is a partition. */
export const kafkaSourceSide: SourceSide = {
  needs: ['kafka'],
  prepare: (place, splits) => makeTopic(place, inputTopic(place), splits),
  fill: (place, input) =>
    withProducer(place, async (producer) => {
      const splits = Array.from({ length: input.splits }, (_, split) => paymentsOf(input, split));
      for (let from = 0; from < input.perSplit; from += BATCH) {
        await sendPayments(
          producer,
          place,
          splits.map((payments) => payments.slice(from, from + BATCH)),
        );
      }
    }),
  create: (place, { bounded }) =>
    kafkaSource<Payment>({
      brokers: endpointOf(place, 'kafka').split(','),
      topic: inputTopic(place),
      groupId: groupOf(place),
      value: json<Payment>(),
      ...(bounded ? { bounded: 'latest' as const } : {}),
      // The shortest that brokers allow by default: a member that was killed is missed soon.
      sessionTimeout: '6s',
      heartbeatInterval: 200,
      bufferRecords: 2 * BATCH,
      maxBytesPerPartition: 8 * 1024,
    }),
  remove: (place) => removeTopics(place, [inputTopic(place)]),
};

/** The payments of each partition, as one batch for each. */
export async function sendPayments(
  producer: Pick<Producer, 'send'>,
  place: Place,
  partitions: readonly (readonly Payment[])[],
): Promise<void> {
  const messages = partitions.flatMap((payments, partition) =>
    payments.map((payment) => ({ partition, key: `${payment.id}`, value: JSON.stringify(payment) })),
  );
  if (messages.length > 0) await producer.send({ topic: inputTopic(place), messages });
}
