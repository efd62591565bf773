import { type PluginContext, SluiceError } from '@sluice/connector-sdk';
import type { KafkaAdmin } from '../client/admin.js';
import { failureOf } from '../client/failure-of.js';

/**
 * Compaction keeps the newest entry of each key for ever, which is all that is needed; small segments, so that it gets to them, and
 * little is read at a start. Markers of transactions may go after an hour: a start that reads longer than that is none.
 */
const CONFIG: Readonly<Record<string, string>> = {
  'cleanup.policy': 'compact',
  'segment.bytes': '8388608',
  'min.cleanable.dirty.ratio': '0.1',
  'max.compaction.lag.ms': '600000',
  'delete.retention.ms': '3600000',
};
const JUST_MADE_ATTEMPTS = 30;
const FIRST_DELAY = 50;
const LONGEST_DELAY = 1_000;

/**
 * Makes the ledger where it is not there, waits until the brokers know it, and refuses one that would lose proofs.
 *
 * @throws SLUICE_KAFKA_LEDGER, KafkaFailure
 */
export async function ensureLedger(
  admin: KafkaAdmin,
  component: string,
  topic: string,
  { clock, signal }: Pick<PluginContext, 'clock' | 'signal'>,
): Promise<void> {
  let config = await configOf(admin, topic);
  if (config === undefined) {
    await create(admin, component, topic);
    config = await configOf(admin, topic);
    for (let attempt = 0; config === undefined && attempt < JUST_MADE_ATTEMPTS; attempt++) {
      await clock.sleep(Math.min(FIRST_DELAY * 2 ** attempt, LONGEST_DELAY), signal);
      config = await configOf(admin, topic);
    }
  }
  const policy = config?.get('cleanup.policy') ?? 'compact';
  if (policy === 'compact') return;
  throw new SluiceError({
    code: 'SLUICE_KAFKA_LEDGER',
    component,
    expected: `the ledger topic ${topic} to have cleanup.policy=compact, so that no proof of a commit is ever deleted`,
    actual: `cleanup.policy=${policy}`,
    remedy: `set it with kafka-configs.sh --alter --topic ${topic} --add-config cleanup.policy=compact, or name another topic in \`ledgerTopic\``,
  });
}

/** Undefined: no such topic. Empty: a user who may not see its settings. */
async function configOf(admin: KafkaAdmin, topic: string): Promise<ReadonlyMap<string, string> | undefined> {
  try {
    return await admin.topicConfig(topic);
  } catch (error) {
    const { kind } = failureOf(error);
    if (kind === 'unknown-topic') return undefined;
    if (kind === 'authorization') return new Map();
    throw error;
  }
}

async function create(admin: KafkaAdmin, component: string, topic: string): Promise<void> {
  try {
    await admin.createTopic({ topic, partitions: 1, config: CONFIG });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== 'authorization' && failure.type !== 'POLICY_VIOLATION') throw error;
    throw new SluiceError({
      code: 'SLUICE_KAFKA_LEDGER',
      component,
      expected: `the ledger topic ${topic}, or the right to create it`,
      actual: failure.type,
      remedy: `create it with one partition and cleanup.policy=compact, and give the user Read and Write on it`,
      cause: failure,
    });
  }
}
