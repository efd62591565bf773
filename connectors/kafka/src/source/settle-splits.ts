import { SluiceError } from '@sluice/connector-sdk';
import type { KafkaLog } from '../client/kafka-log.js';
import type { SourceSettings } from './source-settings.js';
import type { KafkaSplit } from './split.js';
import type { PartitionOffsets } from './starting-offsets.js';

/** Partitions of one topic that have no position: where each begins and ends. `found` are those that came while the job ran or was down. */
export async function settleSplits(
  log: KafkaLog,
  settings: SourceSettings,
  topic: string,
  partitions: readonly number[],
  found: boolean,
): Promise<readonly KafkaSplit[]> {
  if (partitions.length === 0) return [];
  const starts = await (found
    ? log.offsets(topic, partitions, 'earliest')
    : startsOf(log, settings, topic, partitions));
  const ends = await endsOf(log, settings, topic, partitions);
  return partitions.map((partition) => {
    const start = starts.get(partition) ?? 0n;
    const end = ends?.get(partition);
    return { topic, partition, start, ...(end === undefined ? {} : { end }) };
  });
}

/** Where partitions end, of a bounded source. */
export async function endsOf(
  log: KafkaLog,
  { bounded }: SourceSettings,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, bigint> | undefined> {
  if (bounded === undefined) return undefined;
  if (bounded === 'latest') return log.offsets(topic, partitions, 'latest');
  if ('timestamp' in bounded) return log.offsets(topic, partitions, bounded);
  return withGiven(bounded.partitions, topic, partitions, (others) => log.offsets(topic, others, 'latest'));
}

async function startsOf(
  log: KafkaLog,
  settings: SourceSettings,
  topic: string,
  partitions: readonly number[],
): Promise<ReadonlyMap<number, bigint>> {
  const { startingOffsets: start } = settings;
  const orElse = async (spec: 'earliest' | 'latest' | 'fail', some: readonly number[]) => {
    const committed = await log.committed(settings.group, topic, some);
    const without = some.filter((partition) => !committed.has(partition));
    if (without.length === 0) return committed;
    if (spec === 'fail') throw nothingCommitted(settings, topic, without);
    return new Map([...committed, ...(await log.offsets(topic, without, spec))]);
  };
  if (start === 'earliest' || start === 'latest') return log.offsets(topic, partitions, start);
  if (start === 'committed') return orElse('earliest', partitions);
  if ('committed' in start) return orElse(start.committed, partitions);
  if ('timestamp' in start) return log.offsets(topic, partitions, start);
  const { otherwise = 'earliest' } = start;
  return withGiven(start.partitions, topic, partitions, (others) =>
    otherwise === 'committed' ? orElse('earliest', others) : log.offsets(topic, others, otherwise),
  );
}

async function withGiven(
  given: PartitionOffsets,
  topic: string,
  partitions: readonly number[],
  otherwise: (others: readonly number[]) => Promise<ReadonlyMap<number, bigint>>,
): Promise<ReadonlyMap<number, bigint>> {
  const named = given[topic] ?? {};
  const others = partitions.filter((partition) => named[partition] === undefined);
  const found = new Map(others.length === 0 ? [] : await otherwise(others));
  for (const partition of partitions) {
    const offset = named[partition];
    if (offset !== undefined) found.set(partition, BigInt(offset));
  }
  return found;
}

function nothingCommitted(
  { component, group }: SourceSettings,
  topic: string,
  partitions: readonly number[],
): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_NOT_COMMITTED',
    component,
    expected: `committed offsets of group ${group} for ${topic}`,
    actual: `none for partition ${partitions.join(', ')}`,
    remedy: "say where to begin without them: startingOffsets: { committed: 'earliest' } or { committed: 'latest' }",
  });
}
