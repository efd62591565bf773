import type { PluginContext, SourceBatch, SourceReader, SourceSplit } from '@sluice/connector-sdk';
import { AbortWatch } from '../client/abort-watch.js';
import { kafkaConnection } from '../client/connection.js';
import { failureOf } from '../client/failure-of.js';
import { kafkaError } from '../client/kafka-error.js';
import type { KafkaLog } from '../client/kafka-log.js';
import { connected } from './connected.js';
import { Fetcher } from './fetcher.js';
import { GroupSession } from './group-session.js';
import { matchingTopics } from './matching-topics.js';
import { outOfRange } from './offset-gone.js';
import { PartitionChannel } from './partition-channel.js';
import { type DecodeRecord, recordBatch } from './record-batch.js';
import { endsOf, settleSplits } from './settle-splits.js';
import { SourceMeter } from './source-meter.js';
import type { SourceSettings } from './source-settings.js';
import { type KafkaSplit, splitId } from './split.js';

/** How often a topic that is not known is asked for again at the start, and after how many milliseconds: it may just have been made. */
const TOPIC_ATTEMPTS = 4;
const TOPIC_PAUSE = 250;

/** One run of a source, from `open` to `close`. */
export class SourceRun<T> implements SourceReader<T, KafkaSplit, bigint> {
  readonly #context: PluginContext;
  readonly #settings: SourceSettings;
  readonly #decode: DecodeRecord<T>;
  readonly #fetcher: Fetcher;
  readonly #group: GroupSession;
  readonly #meter: SourceMeter;
  readonly #aborts = new AbortWatch();
  /** Of all partitions that are read or can be, by id. */
  readonly #splits = new Map<string, KafkaSplit>();
  #owned: ReadonlyMap<string, ReadonlySet<number>> | undefined;
  /** Nothing has been discovered yet: what is read now was kept by a checkpoint. */
  #first = true;
  #reading = 0;
  #lastCommit = Number.NEGATIVE_INFINITY;
  #uncommitted: ReadonlyMap<string, bigint> | undefined;

  /** @throws SLUICE_KAFKA_UNREACHABLE, SLUICE_KAFKA_TLS, SLUICE_KAFKA_AUTHENTICATION */
  static async open<T>(
    context: PluginContext,
    settings: SourceSettings,
    decode: DecodeRecord<T>,
  ): Promise<SourceRun<T>> {
    const log = await connected(settings, context.logger, context.signal);
    return new SourceRun(context, settings, decode, log);
  }

  private constructor(context: PluginContext, settings: SourceSettings, decode: DecodeRecord<T>, log: KafkaLog) {
    this.#context = context;
    this.#settings = settings;
    this.#decode = decode;
    this.#meter = new SourceMeter(context.metrics);
    const { connection, component, group, retryFor, maxBytes, maxBytesPerPartition } = settings;
    const attempt = { component, brokers: connection.brokers, group };
    this.#fetcher = new Fetcher(
      log,
      () => connected(settings, context.logger, context.signal),
      { attempt, retryFor, maxBytes, maxBytesPerPartition },
      context,
      this.#meter,
    );
    this.#group = new GroupSession(() => kafkaConnection(connection, context.logger), settings, context, {
      assigned: (partitions) => this.#assigned(partitions),
      rebalancing: () => this.#meter.rebalances.add(),
      failed: (failure) => this.#fetcher.fail(kafkaError(attempt, failure)),
      refusal: () => this.#fetcher.log.groupRefusal(group),
    });
  }

  async discover(): Promise<readonly SourceSplit<KafkaSplit>[]> {
    const first = this.#first;
    try {
      return await this.#discover(first);
    } catch (error) {
      const error_ = kafkaError(this.#attempt, error);
      // The next one may find them; the splits that are read tell for themselves whether brokers stay away.
      if (first || !failureOf(error).retriable) throw error_;
      this.#context.logger.warn({ code: error_.code }, 'new partitions could not be looked for');
      return [];
    }
  }

  async *read(
    { split }: SourceSplit<KafkaSplit>,
    position: bigint | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<SourceBatch<T, bigint>> {
    const from = position ?? split.start;
    const kept = position !== undefined || this.#first;
    this.#reading++;
    this.#splits.set(splitId(split.topic, split.partition), split);
    this.#subscribe();
    const until = await this.#until(split, from, kept);
    if (this.#settings.bounded === 'latest' && until !== undefined && from > until)
      throw await this.#beyond(split, from, until);
    const { bufferBytes: bytes, bufferRecords: records, component, poison: policy } = this.#settings;
    const channel = new PartitionChannel(split, from, until, { bytes, records }, this.#fetcher.changed);
    const settings = { component, decode: this.#decode, policy, poison: this.#meter.poison };
    if (!this.#owns(split)) channel.revoke();
    this.#fetcher.add(channel);
    const unwatch = this.#aborts.watch(signal, channel.wake);
    this.#meter.watch(channel);
    try {
      for (;;) {
        const portion = await channel.next(signal);
        if (portion === undefined) break;
        const progress = until === undefined ? undefined : progressOf(portion.nextOffset, split.start, until);
        const { batch, failure } = recordBatch(settings, split, portion, progress);
        if (batch !== undefined) yield batch;
        if (failure !== undefined) throw failure;
      }
      this.#reading--;
    } finally {
      unwatch();
      this.#fetcher.remove(channel);
    }
  }

  async checkpointComplete(_checkpoint: number, positions: ReadonlyMap<string, bigint>): Promise<void> {
    const { durable, clock } = this.#context;
    const { autoCommit, autoCommitInterval, commitOffsetsOnCheckpoints } = this.#settings;
    if (!(durable ? commitOffsetsOnCheckpoints : autoCommit)) return;
    this.#uncommitted = positions;
    if (!durable && clock.now() - this.#lastCommit < autoCommitInterval) return;
    this.#lastCommit = clock.now();
    await this.#commit();
  }

  async close(): Promise<void> {
    await this.#commit();
    // A job that is through has no later checkpoint to make up for what is not committed now.
    const through = this.#settings.bounded !== undefined && this.#reading === 0;
    await this.#group.close(through ? this.#settings.sessionTimeout : 0);
    await this.#fetcher.close();
  }

  get #attempt() {
    const { component, connection, group } = this.#settings;
    return { component, brokers: connection.brokers, group };
  }

  async #commit(): Promise<void> {
    const positions = this.#uncommitted;
    this.#uncommitted = undefined;
    if (positions === undefined) return;
    const offsets = [...positions].map(([id, offset]) => {
      const slash = id.lastIndexOf('/');
      return { topic: id.slice(0, slash), partition: Number(id.slice(slash + 1)), offset };
    });
    await this.#group.commit(offsets);
  }

  async #discover(first: boolean): Promise<readonly SourceSplit<KafkaSplit>[]> {
    const { log } = this.#fetcher;
    if (!first) await log.refresh();
    // What came while the job was down is as new as what comes while it runs.
    const found = !first || this.#splits.size > 0;
    for (const topic of await matchingTopics(log, this.#settings)) {
      const partitions = await this.#partitions(topic);
      const fresh = partitions.filter((partition) => !this.#splits.has(splitId(topic, partition)));
      for (const split of await settleSplits(log, this.#settings, topic, fresh, found)) {
        this.#splits.set(splitId(topic, split.partition), split);
      }
    }
    this.#first = false;
    this.#subscribe();
    return [...this.#splits].map(([id, split]) => ({ id, split }));
  }

  #subscribe(): void {
    this.#group.subscribe([...this.#splits.values()]);
  }

  /** Where a partition ends; settled anew when it was at its end before: its job was through, and is started again for what has come since. */
  async #until({ topic, partition, end }: KafkaSplit, from: bigint, kept: boolean): Promise<bigint | undefined> {
    const { bounded } = this.#settings;
    if (bounded === undefined || (end !== undefined && !(kept && from >= end))) return bounded && end;
    try {
      return (await endsOf(this.#fetcher.log, this.#settings, topic, [partition]))?.get(partition);
    } catch (error) {
      throw kafkaError(this.#attempt, error);
    }
  }

  /** A bounded partition that is to begin behind its end would otherwise be through at once. */
  async #beyond(split: KafkaSplit, from: bigint, end: bigint): Promise<unknown> {
    const earliest = await this.#fetcher.log.offsets(split.topic, [split.partition], 'earliest');
    return outOfRange(this.#settings.component, split, from, { first: earliest.get(split.partition) ?? -1n, end });
  }

  async #partitions(topic: string): Promise<readonly number[]> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#fetcher.log.partitions(topic);
      } catch (error) {
        if (failureOf(error).kind !== 'unknown-topic' || attempt === TOPIC_ATTEMPTS) throw error;
        await this.#context.clock.sleep(TOPIC_PAUSE, this.#context.signal);
      }
    }
  }

  #owns({ topic, partition }: { readonly topic: string; readonly partition: number }): boolean {
    return this.#owned === undefined || (this.#owned.get(topic)?.has(partition) ?? false);
  }

  #assigned(partitions: ReadonlyMap<string, readonly number[]>): void {
    this.#owned = new Map([...partitions].map(([topic, ids]) => [topic, new Set(ids)]));
    for (const channel of this.#fetcher.channels) {
      const { topic, partition, owned } = channel;
      const owns = this.#owns(channel);
      if (owns === owned) continue;
      if (owns) channel.give();
      else channel.revoke();
      this.#context.report(owns ? 'partitionAssigned' : 'partitionRevoked', { topic, partition });
    }
  }
}

function progressOf(offset: bigint, start: bigint, end: bigint): number {
  return end > start ? Math.min(Number(offset - start) / Number(end - start), 1) : 1;
}
