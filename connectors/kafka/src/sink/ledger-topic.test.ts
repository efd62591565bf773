import { expect, test } from 'vitest';
import type { KafkaAdmin } from '../client/admin.js';
import { KafkaFailure } from '../client/kafka-failure.js';
import { ensureLedger } from './ledger-topic.js';

/** A cluster that knows a new topic only after having been asked about it so often. */
function cluster(lag: number, config: Readonly<Record<string, string>> = { 'cleanup.policy': 'compact' }) {
  let made = 0;
  let asked = 0;
  const admin: KafkaAdmin = {
    async createTopic() {
      made++;
      return true;
    },
    async topicConfig(topic) {
      if (made > 0 && asked++ >= lag) return new Map(Object.entries(config));
      throw new KafkaFailure({ kind: 'unknown-topic', type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true, topic });
    },
    close: async () => {},
  };
  let slept = 0;
  const sleep = async (duration: unknown): Promise<void> => {
    slept += duration as number;
  };
  const context = { clock: { now: () => slept, sleep }, signal: new AbortController().signal };
  return { admin, context, made: () => made, slept: () => slept };
}

test('a ledger that brokers do not know yet when it has just been made is waited for', async () => {
  const { admin, context, made, slept } = cluster(12);
  await ensureLedger(admin, 'kafkaSink', 'ledger', context);
  expect(made()).toBe(1);
  expect(slept()).toBeGreaterThan(5_000);
});

test('a ledger that is known at once is not waited for', async () => {
  const { admin, context, slept } = cluster(0);
  await ensureLedger(admin, 'kafkaSink', 'ledger', context);
  expect(slept()).toBe(0);
});

test('one that would lose proofs is refused, though it became known late', async () => {
  const { admin, context } = cluster(2, { 'cleanup.policy': 'delete' });
  await expect(ensureLedger(admin, 'kafkaSink', 'ledger', context)).rejects.toMatchObject({
    code: 'SLUICE_KAFKA_LEDGER',
    actual: 'cleanup.policy=delete',
  });
});
