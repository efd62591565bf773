import { shownOption } from '@sluice/connector-sdk';
import { type ConnectionSettings, connectionSettings } from '../client/connection-settings.js';
import type { Isolation } from '../client/kafka-log.js';
import { option } from '../client/option.js';
import type { PoisonPolicy } from './poison.js';
import type { KafkaSourceOptions } from './source-options.js';
import type { BoundedOffsets, PartitionOffsets, StartingOffsets } from './starting-offsets.js';

/** `KafkaSourceOptions`, checked and with the defaults in. */
export interface SourceSettings {
  readonly connection: ConnectionSettings;
  readonly component: string;
  /** Names, or the pattern. */
  readonly topics: readonly string[] | RegExp;
  readonly group: string;
  readonly startingOffsets: StartingOffsets;
  readonly bounded: BoundedOffsets | undefined;
  readonly poison: PoisonPolicy;
  readonly isolation: Isolation;
  readonly commitOffsetsOnCheckpoints: boolean;
  readonly autoCommit: boolean;
  readonly autoCommitInterval: number;
  readonly retryFor: number;
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  readonly rebalanceTimeout: number;
  readonly maxBytesPerPartition: number;
  readonly maxBytes: number;
  readonly bufferBytes: number;
  readonly bufferRecords: number;
}

const MIB = 1024 * 1024;
const MOST_BYTES = 0x7fff_ffff;
// What brokers accept as a name.
const TOPIC = /^[a-zA-Z0-9._-]{1,249}$/;

/** @throws SLUICE_KAFKA_OPTIONS */
export function sourceSettings<V>(component: string, options: KafkaSourceOptions<V>): SourceSettings {
  option.object(component, 'options', options);
  const { value, groupId, sessionTimeout = '10s', poison = 'fail', isolation = 'read-committed' } = options;
  const connection = connectionSettings(component, options);
  option.require(
    component,
    typeof value?.decode === 'function',
    'value',
    'a decoder, as json() and text() are',
    shownOption(value),
  );
  option.require(component, typeof groupId === 'string' && groupId !== '', 'groupId', 'a name', shownOption(groupId));
  const { tombstones = 'poison' } = options;
  const known =
    tombstones === 'poison' ||
    tombstones === 'skip' ||
    (typeof tombstones === 'object' && tombstones !== null && 'value' in tombstones);
  option.require(component, known, 'tombstones', "'poison', 'skip' or { value }", shownOption(tombstones));
  const levels = isolation === 'read-committed' || isolation === 'read-uncommitted';
  option.require(component, levels, 'isolation', "'read-committed' or 'read-uncommitted'", shownOption(isolation));
  const session = option.duration(component, 'sessionTimeout', sessionTimeout, 1);
  const heartbeat = option.duration(component, 'heartbeatInterval', options.heartbeatInterval ?? session / 3, 1);
  option.require(component, heartbeat < session, 'heartbeatInterval', 'less than `sessionTimeout`', `${heartbeat} ms`);
  const number = (
    name: 'maxBytes' | 'maxBytesPerPartition' | 'bufferBytes' | 'bufferRecords',
    fallback: number,
  ): number => option.wholeNumber(component, name, options[name] ?? fallback, 1, MOST_BYTES);
  const topics = checkedTopics(component, options.topic);
  const startingOffsets = checkedStart(component, options.startingOffsets ?? 'committed');
  const bounded = options.bounded === undefined ? undefined : checkedEnd(component, options.bounded);
  requireKnownTopics(component, 'startingOffsets', topics, startingOffsets);
  requireKnownTopics(component, 'bounded', topics, bounded);
  return {
    connection,
    component,
    topics,
    group: groupId,
    startingOffsets,
    bounded,
    poison: option.poison(component, poison),
    isolation,
    commitOffsetsOnCheckpoints: option.trueOrFalse(
      component,
      'commitOffsetsOnCheckpoints',
      options.commitOffsetsOnCheckpoints ?? true,
    ),
    autoCommit: option.trueOrFalse(component, 'autoCommit', options.autoCommit ?? true),
    autoCommitInterval: option.duration(component, 'autoCommitInterval', options.autoCommitInterval ?? '5s', 0),
    retryFor: option.duration(component, 'retryFor', options.retryFor ?? '2m', 0),
    sessionTimeout: session,
    heartbeatInterval: heartbeat,
    rebalanceTimeout: option.duration(component, 'rebalanceTimeout', options.rebalanceTimeout ?? '60s', 1),
    maxBytesPerPartition: number('maxBytesPerPartition', MIB),
    maxBytes: number('maxBytes', 8 * MIB),
    bufferBytes: number('bufferBytes', 2 * MIB),
    bufferRecords: number('bufferRecords', 20_000),
  };
}

function checkedTopics(component: string, topic: string | readonly string[] | RegExp): readonly string[] | RegExp {
  if (topic instanceof RegExp) {
    // With a state in it, every other match would fail.
    return new RegExp(topic.source, topic.flags.replace(/[gy]/g, ''));
  }
  const list = typeof topic === 'string' ? [topic] : topic;
  const expected = 'a topic, a list of at least one, or a regular expression';
  option.require(component, Array.isArray(list) && list.length > 0, 'topic', expected, shownOption(topic));
  for (const name of list) {
    const valid = typeof name === 'string' && TOPIC.test(name) && name !== '.' && name !== '..';
    option.require(
      component,
      valid,
      'topic',
      'names of letters, digits, dots, hyphens and underscores',
      shownOption(name),
    );
  }
  return [...new Set(list)];
}

function checkedStart(component: string, start: StartingOffsets): StartingOffsets {
  if (start === 'committed' || start === 'earliest' || start === 'latest') return start;
  if (typeof start === 'object' && start !== null) {
    if ('committed' in start && ['earliest', 'latest', 'fail'].includes(start.committed)) return start;
    if ('timestamp' in start && isTimestamp(start.timestamp)) return start;
    if ('partitions' in start) {
      const { otherwise = 'earliest' } = start;
      const known = ['committed', 'earliest', 'latest'].includes(otherwise);
      option.require(
        component,
        known,
        'startingOffsets.otherwise',
        "'committed', 'earliest' or 'latest'",
        shownOption(otherwise),
      );
      return { partitions: checkedOffsets(component, 'startingOffsets', start.partitions), otherwise };
    }
  }
  const expected =
    "'committed', { committed: 'earliest' | 'latest' | 'fail' }, 'earliest', 'latest', { timestamp } or { partitions }";
  throw option.refusal(component, 'startingOffsets', expected, shownOption(start));
}

function checkedEnd(component: string, end: BoundedOffsets): BoundedOffsets {
  if (end === 'latest') return end;
  if (typeof end === 'object' && end !== null) {
    if ('timestamp' in end && isTimestamp(end.timestamp)) return end;
    if ('partitions' in end) return { partitions: checkedOffsets(component, 'bounded', end.partitions) };
  }
  throw option.refusal(component, 'bounded', "'latest', { timestamp } or { partitions }", shownOption(end));
}

/** Offsets of a topic that is not read are a slip of the pen, and its partitions would begin elsewhere. */
function requireKnownTopics(
  component: string,
  name: string,
  topics: readonly string[] | RegExp,
  offsets: StartingOffsets | BoundedOffsets | undefined,
): void {
  if (typeof offsets !== 'object' || !('partitions' in offsets)) return;
  for (const topic of Object.keys(offsets.partitions)) {
    const read = topics instanceof RegExp ? topics.test(topic) : topics.includes(topic);
    option.require(component, read, `${name}.partitions`, 'topics that `topic` names', shownOption(topic));
  }
}

function isTimestamp(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function checkedOffsets(component: string, name: string, offsets: PartitionOffsets): PartitionOffsets {
  const valid =
    typeof offsets === 'object' &&
    offsets !== null &&
    Object.values(offsets).every(
      (partitions) =>
        typeof partitions === 'object' &&
        partitions !== null &&
        Object.entries(partitions).every(([partition, offset]) => /^\d+$/.test(partition) && isOffset(offset)),
    );
  option.require(component, valid, `${name}.partitions`, '{ topic: { partition: offset } }', shownOption(offsets));
  return offsets;
}

function isOffset(value: unknown): boolean {
  return typeof value === 'bigint' ? value >= 0n : Number.isSafeInteger(value) && (value as number) >= 0;
}
