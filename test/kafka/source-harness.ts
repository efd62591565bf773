import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Logger, milliseconds, type PluginContext } from '@sluice/connector-sdk';
import {
  type CheckpointStorage,
  countingMetrics,
  createJob,
  fromSource,
  type JobEvent,
  type JobOptions,
  type JobResult,
  json,
  memoryCheckpoints,
  type RestartStrategy,
  type Source,
  to,
} from '@sluice/core';
import type { KafkaSourceOptions } from '@sluice/kafka';
import { type CollectTransactionalSink, collectTransactionalSink } from '@sluice/testing';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll } from 'vitest';
import { createTopics } from './create-topics.js';

/** A job under test, started. */
export interface RunningJob<T> {
  readonly sink: CollectTransactionalSink<T>;
  readonly events: JobEvent[];
  /** Everything that plugins logged, as text. */
  readonly logged: string[];
  readonly metrics: ReturnType<typeof countingMetrics>;
  /** The positions that were committed to the group are not in it: they are Kafka's. */
  readonly result: Promise<JobResult>;
  /** What it failed with; never rejects. */
  readonly failure: Promise<unknown>;
  reported(event: string): readonly Readonly<Record<string, unknown>>[];
  /** With a last checkpoint. */
  stop(): Promise<void>;
  /** At once: nothing since the last checkpoint stays. */
  suspend(): Promise<void>;
}

export interface JobSetting<T> {
  readonly name?: string;
  readonly storage?: CheckpointStorage | 'none';
  readonly interval?: number;
  readonly sink?: CollectTransactionalSink<T>;
  readonly restart?: RestartStrategy;
  readonly discoveryInterval?: number;
}

/** Topics and groups of its own for a test file, gone afterwards. */
export class SourceHarness {
  readonly name = `s-${randomUUID().slice(0, 8)}`;
  brokers: readonly string[] = [];
  kafka = new kafkajs.Kafka({ brokers: [] });
  admin = this.kafka.admin();
  private producer = this.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });

  constructor(endpoint: () => string) {
    beforeAll(async () => {
      this.brokers = endpoint().split(',');
      this.kafka = new kafkajs.Kafka({
        brokers: [...this.brokers],
        logLevel: kafkajs.logLevel.NOTHING,
        retry: { retries: 20, initialRetryTime: 100, maxRetryTime: 1_000 },
      });
      this.admin = this.kafka.admin();
      // Idempotent: its own repeats must not look like the source's.
      const { DefaultPartitioner } = kafkajs.Partitioners;
      this.producer = this.kafka.producer({ createPartitioner: DefaultPartitioner, idempotent: true });
      await this.admin.connect();
      await this.producer.connect();
    });
    afterAll(async () => {
      const topics = (await this.admin.listTopics()).filter((topic) => topic.startsWith(this.name));
      await this.admin.deleteTopics({ topics }).catch(() => {});
      await this.producer.disconnect();
      await this.admin.disconnect();
    });
  }

  unique(what: string): string {
    return `${this.name}-${what}-${randomUUID().slice(0, 8)}`;
  }

  async topic(
    partitions = 1,
    config: Readonly<Record<string, string>> = {},
    name = this.unique('topic'),
  ): Promise<string> {
    const configEntries = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    await createTopics(this.admin, [{ topic: name, numPartitions: partitions, configEntries }]);
    return name;
  }

  /** Options of a source for the topic, in a group of its own. */
  options<V = number>(
    topic: KafkaSourceOptions<V>['topic'],
    more: Partial<KafkaSourceOptions<V>> = {},
  ): KafkaSourceOptions<V> {
    return { brokers: this.brokers, topic, groupId: this.unique('group'), value: json<V>(), ...more };
  }

  /** A partition that is new is unknown to a producer that wrote to the topic before, which drops what is meant for it. */
  async produceAnew(topic: string, values: readonly unknown[], partition: number): Promise<void> {
    await this.producer.disconnect();
    await this.producer.connect();
    await this.produce(topic, values, partition);
  }

  async produce(topic: string, values: readonly unknown[], partition = 0): Promise<void> {
    const messages = values.map((value) => ({ partition, value: JSON.stringify(value) }));
    for (let from = 0; from < messages.length; from += 5_000) {
      await this.producer.send({ topic, messages: messages.slice(from, from + 5_000) });
    }
  }

  send(topic: string, messages: kafkajs.Message[], compression = kafkajs.CompressionTypes.None): Promise<unknown> {
    return this.producer.send({ topic, messages, compression });
  }

  async transaction(topic: string, values: readonly unknown[], end: 'commit' | 'abort', partition = 0): Promise<void> {
    const producer = this.kafka.producer({
      transactionalId: this.unique('tx'),
      maxInFlightRequests: 1,
      idempotent: true,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: values.map((value) => ({ partition, value: JSON.stringify(value) })) });
    await transaction[end]();
    await producer.disconnect();
  }

  /** What the group has committed: offsets by `topic/partition`. */
  async committed(group: string, topic: string): Promise<Readonly<Record<number, string>>> {
    const [found] = await this.admin.fetchOffsets({ groupId: group, topics: [topic] });
    return Object.fromEntries(
      (found?.partitions ?? [])
        .filter(({ offset }) => offset !== '-1')
        .map(({ partition, offset }) => [partition, offset]),
    );
  }

  /** Commits for the group, as any consumer does. kafkajs' `setOffsets` takes five seconds. */
  async commit(group: string, topic: string, offsets: Readonly<Record<number, string>>): Promise<void> {
    const consumer = this.kafka.consumer({ groupId: group, maxWaitTimeInMs: 50 });
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ autoCommit: false, eachMessage: async () => {} });
    const commits = Object.entries(offsets).map(([partition, offset]) => ({
      topic,
      partition: Number(partition),
      offset,
    }));
    await until('a commit', async () => {
      await consumer.commitOffsets(commits);
      return Object.keys(await this.committed(group, topic)).length > 0;
    });
    await consumer.disconnect();
  }

  async members(group: string): Promise<readonly string[]> {
    const { groups } = await this.admin.describeGroups([group]);
    return groups[0]?.members.map(({ memberId }) => memberId) ?? [];
  }

  start<T>(source: Source<T>, setting: JobSetting<T> = {}): RunningJob<T> {
    const {
      storage = memoryCheckpoints(),
      interval = 200,
      sink = collectTransactionalSink<T>(),
      discoveryInterval,
    } = setting;
    const events: JobEvent[] = [];
    const logged: string[] = [];
    const metrics = countingMetrics();
    const stream = fromSource(source, discoveryInterval === undefined ? {} : { discoveryInterval });
    const options: JobOptions = {
      logger: loggerInto(logged),
      metrics,
      ...(storage === 'none' ? {} : { checkpoints: { interval, storage } }),
      ...(setting.restart === undefined ? {} : { restart: setting.restart }),
    };
    const job = createJob(setting.name ?? this.unique('job'), stream.pipe(to(sink)), options);
    job.events.subscribe((event) => events.push(event));
    const aborter = new AbortController();
    const result = job.run({ signal: aborter.signal });
    const failure = result.then(
      () => undefined,
      (error: unknown) => error,
    );
    return {
      sink,
      events,
      logged,
      metrics,
      result,
      failure,
      reported: (wanted) =>
        events.flatMap((event) => (event.type === 'reported' && event.event === wanted ? [event.fields] : [])),
      async stop() {
        await job.stop();
        await result;
      },
      async suspend() {
        aborter.abort();
        await result;
      },
    };
  }
}

/** Numbers from `from`, `count` of them. */
export function numbers(count: number, from = 0): number[] {
  return Array.from({ length: count }, (_, index) => from + index);
}

/** Waits until it is so. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, patience = 60_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await sleep(20);
  }
}

function loggerInto(lines: string[]): Logger {
  const log = (fields: object, message?: string) => {
    lines.push(`${message ?? ''} ${stringified(fields)}`);
  };
  return { debug: log, info: log, warn: log, error: log };
}

/** With all that an error holds, as the most careless logger would print it. */
export function stringified(value: unknown): string {
  const seen = new Set<unknown>();
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === 'bigint') return `${inner}`;
    if (typeof inner !== 'object' || inner === null) return inner;
    if (seen.has(inner)) return '(seen)';
    seen.add(inner);
    if (!(inner instanceof Error)) return inner;
    const own = Object.fromEntries(Object.getOwnPropertyNames(inner).map((name) => [name, Reflect.get(inner, name)]));
    return { ...own, text: String(inner) };
  });
}

/** A split read by hand. */
export interface HandReader {
  /** The next batch; answers how many values it has. */
  next(): Promise<number>;
  close(): Promise<void>;
}

/** Opens the only split of a source without a job, which would always read ahead. */
export async function openReader<T>(source: Source<T>): Promise<HandReader> {
  const aborter = new AbortController();
  const { signal } = aborter;
  const context: PluginContext = {
    job: 'by hand',
    uid: 'source',
    subtask: 0,
    parallelism: 1,
    epoch: 1,
    incarnation: randomUUID(),
    durable: true,
    report: () => {},
    signal,
    logger: loggerInto([]),
    metrics: countingMetrics(),
    clock: {
      now: () => Date.now(),
      sleep: (duration, stop) => sleep(milliseconds(duration), undefined, stop && { signal: stop }),
    },
  };
  const reader = await source.open(context);
  const [split] = await source.discover(signal);
  if (split === undefined) throw new Error('no split');
  const batches = reader.read(split, undefined, signal)[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await batches.next();
      return done === true ? 0 : value.values.length;
    },
    async close() {
      aborter.abort();
      await batches.return?.();
      await reader.close();
    },
  };
}
