import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CommitResult,
  type Committer,
  json,
  milliseconds,
  type PluginContext,
  type SinkContext,
  type TransactionalSink,
  type TransactionalWriter,
} from '@sluice/connector-sdk';
import { type CompressionCodec, type KafkaCommittable, type KafkaSinkOptions, kafkaSink } from '@sluice/kafka';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll } from 'vitest';
import { kafkaConnection } from '../../connectors/kafka/src/client/connection.js';
import { connectionSettings } from '../../connectors/kafka/src/client/connection-settings.js';
import { type KafkaLog, openLog } from '../../connectors/kafka/src/client/kafka-log.js';
import { createTopics } from './create-topics.js';

export interface Row {
  readonly id: number;
  readonly text?: string;
}

export interface Run<T> {
  readonly writer: TransactionalWriter<T, KafkaCommittable>;
  readonly committer: Committer<KafkaCommittable>;
  readonly rejected: readonly { readonly value: T; readonly cause: unknown }[];
  readonly requested: () => number;
  close(): Promise<void>;
}

/** A record as anybody else reads it. */
export interface ReadRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly timestamp: string;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** Topics of its own for a test file, gone afterwards, and what one run of a job does with a sink. */
export class SinkHarness {
  readonly name = `t-${randomUUID().slice(0, 8)}`;
  readonly ledgerTopic = `${this.name}-ledger`;
  readonly job = `job ${this.name}`;
  readonly warnings: object[] = [];
  incarnation: string = randomUUID();
  brokers: readonly string[] = [];
  kafka = new kafkajs.Kafka({ brokers: [] });
  private admin = this.kafka.admin();

  constructor(endpoint: () => string) {
    beforeAll(async () => {
      this.brokers = endpoint().split(',');
      this.kafka = new kafkajs.Kafka({ brokers: [...this.brokers], logLevel: kafkajs.logLevel.NOTHING });
      this.admin = this.kafka.admin();
      await this.admin.connect();
    });
    afterAll(async () => {
      const topics = (await this.admin.listTopics()).filter((topic) => topic.startsWith(this.name));
      await this.admin.deleteTopics({ topics }).catch(() => {});
      await this.admin.disconnect();
    });
  }

  async topic(partitions = 3, config: Readonly<Record<string, string>> = {}): Promise<string> {
    const topic = `${this.name}-${randomUUID().slice(0, 8)}`;
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await createTopics(this.admin, [{ topic, numPartitions: partitions, configEntries }]);
    return topic;
  }

  /** Resolves when the broker really refuses what is larger; until then it takes records with the key `probe`. */
  async lowerLimit(topic: string, bytes: number): Promise<void> {
    await this.alterTopic(topic, { 'max.message.bytes': `${bytes}` });
    const producer = this.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    try {
      for (;;) await producer.send({ topic, messages: [{ key: 'probe', value: 'x'.repeat(bytes) }] });
    } catch (error) {
      if ((error as { readonly type?: string }).type !== 'MESSAGE_TOO_LARGE') throw error;
    } finally {
      await producer.disconnect();
    }
  }

  async makeTopics(topics: readonly string[]): Promise<void> {
    await createTopics(
      this.admin,
      topics.map((topic) => ({ topic, numPartitions: 1 })),
    );
  }

  async alterTopic(topic: string, config: Readonly<Record<string, string>>): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }];
    await this.admin.alterConfigs({ validateOnly: false, resources });
  }

  configOf(topic: string): Promise<kafkajs.DescribeConfigResponse> {
    return this.admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
    });
  }

  options(topic: string, more: Partial<KafkaSinkOptions<Row>> = {}): KafkaSinkOptions<Row> {
    return {
      brokers: this.brokers,
      topic,
      key: (row) => `${row.id}`,
      value: json(),
      ledgerTopic: this.ledgerTopic,
      transactionalIdPrefix: this.name,
      ...more,
    };
  }

  context(epoch: number, more: Partial<PluginContext> = {}): PluginContext {
    const log = (fields: object) => void this.warnings.push(fields);
    return {
      job: this.job,
      uid: 'sink-1',
      subtask: 0,
      parallelism: 1,
      epoch,
      incarnation: this.incarnation,
      durable: true,
      signal: new AbortController().signal,
      logger: { debug: () => {}, info: () => {}, warn: log, error: log },
      metrics: { counter: () => ({ add: () => {} }), gauge: () => {}, histogram: () => ({ record: () => {} }) },
      report: () => {},
      clock: {
        now: Date.now,
        sleep: (duration, signal) => sleep(milliseconds(duration), undefined, signal ? { signal } : {}),
      },
      ...more,
    };
  }

  sinkContext<T>(epoch: number, more: Partial<PluginContext> = {}) {
    const rejected: { value: T; cause: unknown }[] = [];
    let requests = 0;
    const context: SinkContext<T> = {
      ...this.context(epoch, more),
      reject: (value, cause) => void rejected.push({ value, cause }),
      requestCheckpoint: () => void requests++,
      restoredState: [],
    };
    return { context, rejected, requested: () => requests };
  }

  /** As the engine starts a run: check, recover, open. Each topic is another sink. */
  async run<T>(
    options: KafkaSinkOptions<T>,
    epoch: number,
    restored: readonly KafkaCommittable[] = [],
    more: Partial<PluginContext> = {},
  ): Promise<Run<T>> {
    const sink = kafkaSink(options);
    const { context, rejected, requested } = this.sinkContext<T>(epoch, { uid: `sink ${options.topic}`, ...more });
    await sink.check?.(context);
    const committer = (await sink.openCommitter(context)) as Committer<KafkaCommittable>;
    try {
      await committer.recover(restored.map((committable) => persisted(sink, committable)));
      const writer = (await sink.open(context)) as TransactionalWriter<T, KafkaCommittable>;
      const close = async () => {
        await writer.close();
        await committer.close();
      };
      return { writer, committer, rejected, requested, close };
    } catch (error) {
      await committer.close();
      throw error;
    }
  }

  /**
   * Everything committed in the topic, partition by partition. The markers that end a transaction are written behind its commit, so
   * readers see it a moment later: waits until nothing is open, unless `open` says that something will stay so.
   */
  async records(
    topic: string,
    more: { readonly open?: boolean; readonly codecs?: readonly CompressionCodec[] } = {},
  ): Promise<ReadRecord[]> {
    const settings = connectionSettings('test', { brokers: this.brokers, codecs: more.codecs ?? [] });
    const connection = kafkaConnection(settings, this.context(1).logger);
    const [all, log] = [await openLog(connection, 'read-uncommitted'), await openLog(connection, 'read-committed')];
    try {
      const found: ReadRecord[] = [];
      const ends = await all.offsets(topic, await all.partitions(topic), 'latest');
      await log.partitions(topic);
      for (const [partition, end] of ends) found.push(...(await committedRecords(log, topic, partition, end, more)));
      return found;
    } finally {
      await Promise.all([all.close(), log.close()]);
    }
  }
}

async function committedRecords(
  log: KafkaLog,
  topic: string,
  partition: number,
  end: bigint,
  { open = false }: { readonly open?: boolean },
): Promise<ReadRecord[]> {
  const found: ReadRecord[] = [];
  for (let offset = 0n, tries = 0; offset < end && !(open && tries > 3); tries++) {
    const wanted = [{ topic, partition, offset, maxBytes: 8 << 20 }];
    const [answer] = await log.fetch(log.leader(topic, partition) ?? 0, wanted, {
      maxWaitTime: 100,
      maxBytes: 8 << 20,
    });
    offset = answer?.nextOffset ?? offset;
    for (const { offset: at, key, value, timestamp, headers } of answer?.records ?? []) {
      found.push({
        topic,
        partition,
        offset: `${at}`,
        timestamp: `${timestamp}`,
        key: key?.toString() ?? null,
        value: value?.toString() ?? null,
        headers: Object.fromEntries([...headers].map(([name, content]) => [name, Buffer.from(content).toString()])),
      });
    }
  }
  return found;
}

/** What comes back from a checkpoint is what its bytes hold. */
export function persisted(
  sink: Pick<TransactionalSink<never, KafkaCommittable>, 'committableCodec'>,
  committable: KafkaCommittable,
): KafkaCommittable {
  const { version, encode, decode } = sink.committableCodec;
  return decode(version, encode(committable));
}

/** One epoch: the rows written, and prepared for `checkpoint`. */
export async function epochOf<T>(
  run: Run<T>,
  checkpoint: number,
  rows: readonly T[],
): Promise<readonly KafkaCommittable[]> {
  const transaction = run.writer.begin();
  for (const row of rows) await transaction.write(row, Number.NaN);
  return transaction.prepare(checkpoint);
}

/** As the engine does on completion: in order, and all of them. */
export async function commitAll<T>(run: Run<T>, committables: readonly KafkaCommittable[]): Promise<CommitResult[]> {
  const results: CommitResult[] = [];
  for (const committable of committables) {
    let result = await run.committer.commit(committable);
    for (; result.status === 'retryLater'; result = await run.committer.commit(committable)) {
      await sleep(milliseconds(result.after));
    }
    results.push(result);
  }
  return results;
}

export const ids = (records: readonly ReadRecord[]): number[] =>
  records.map(({ value }) => (JSON.parse(value ?? 'null') as Row).id).sort((a, b) => a - b);

export const rowsOf = (from: number, to: number): Row[] =>
  Array.from({ length: to - from }, (_, index) => ({ id: from + index }));
