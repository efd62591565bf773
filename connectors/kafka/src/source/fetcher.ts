import { type Clock, type Logger, SluiceError } from '@sluice/connector-sdk';
import { failureOf } from '../client/failure-of.js';
import { type Attempt, kafkaError } from '../client/kafka-error.js';
import { KafkaFailure } from '../client/kafka-failure.js';
import type { FetchedPartition, KafkaLog } from '../client/kafka-log.js';
import { NO_NODE, type NodeRequest, nodeRequests } from './fetch-requests.js';
import { outOfRange } from './offset-gone.js';
import type { PartitionChannel } from './partition-channel.js';
import { skipEmptyBatches } from './skip-empty-batches.js';
import { splitId } from './split.js';

export interface FetcherSettings {
  readonly attempt: Attempt;
  readonly retryFor: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

/** What is counted. */
export interface FetchMeter {
  fetched(records: number, bytes: number): void;
}

/** Milliseconds that a broker waits for news when there is no backlog anywhere, and when there is one that is held back. */
const IDLE_WAIT = 500;
const BACKLOG_WAIT = 25;
const FIRST_BACKOFF = 100;
const LONGEST_BACKOFF = 1_000;
/** After so many failures in a row everything is connected anew. */
const FAILURES_TO_REOPEN = 3;

/**
 * Keeps channels filled: one request at a time to each node, for all partitions of it that want more.
 *
 * A broker that is away is asked again, and metadata with it, until `retryFor` has passed: only then does the channel fail.
 */
export class Fetcher {
  readonly #settings: FetcherSettings;
  readonly #reopen: () => Promise<KafkaLog>;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #logger: Logger;
  readonly #meter: FetchMeter;
  readonly #channels = new Set<PartitionChannel>();
  readonly #busy = new Map<number, Promise<void>>();
  readonly #failures = new Map<number, number>();
  /** Topics that the brokers did not know when they were last asked for each. */
  readonly #unknown = new Set<string>();
  #log: KafkaLog;
  #scheduled = false;

  /** @param reopen A new connection, when the one in use does not come back. */
  constructor(
    log: KafkaLog,
    reopen: () => Promise<KafkaLog>,
    settings: FetcherSettings,
    { clock, signal, logger }: { readonly clock: Clock; readonly signal: AbortSignal; readonly logger: Logger },
    meter: FetchMeter,
  ) {
    this.#log = log;
    this.#reopen = reopen;
    this.#settings = settings;
    this.#clock = clock;
    this.#signal = signal;
    this.#logger = logger;
    this.#meter = meter;
  }

  /** The connection in use. */
  get log(): KafkaLog {
    return this.#log;
  }

  get channels(): Iterable<PartitionChannel> {
    return this.#channels;
  }

  add(channel: PartitionChannel): void {
    this.#channels.add(channel);
    this.changed();
  }

  remove(channel: PartitionChannel): void {
    this.#channels.delete(channel);
  }

  /** Some channel may want more. Requests are made when all that is under way now has said so, so that they hold many partitions. */
  readonly changed = (): void => {
    if (this.#scheduled || this.#signal.aborted) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#ask();
    });
  };

  /** Ends all channels. */
  fail(error: unknown): void {
    for (const channel of this.#channels) channel.fail(error);
  }

  /** Resolves when no request is under way. The signal must have been aborted. */
  async close(): Promise<void> {
    await this.#log.close();
    await Promise.all(this.#busy.values());
  }

  #ask(): void {
    if (this.#signal.aborted) return;
    const log = this.#log;
    const requests = nodeRequests(
      this.#channels,
      ({ topic, partition }) => log.leader(topic, partition),
      (node) => this.#busy.has(node),
    );
    for (const request of requests) {
      const asking = this.#request(request)
        .catch((error) => this.#recover(request, error))
        .catch((error) => this.fail(kafkaError(this.#settings.attempt, error)))
        .finally(() => {
          this.#busy.delete(request.node);
          this.changed();
        });
      this.#busy.set(request.node, asking);
    }
  }

  async #request({ node, channels, backlog }: NodeRequest): Promise<void> {
    if (node === NO_NODE) {
      throw new KafkaFailure({ kind: 'connection', type: 'LEADER_NOT_AVAILABLE', retriable: true });
    }
    const { maxBytes, maxBytesPerPartition } = this.#settings;
    const asked = channels.map((channel) => {
      const { generation, offset, behind, end } = channel;
      return { channel, generation, offset, stalled: behind && end >= 0n };
    });
    const fetched = await this.#log.fetch(
      node,
      asked.map(({ channel: { topic, partition }, offset }) => ({
        topic,
        partition,
        offset,
        maxBytes: maxBytesPerPartition,
      })),
      { maxBytes, maxWaitTime: backlog ? BACKLOG_WAIT : IDLE_WAIT },
    );
    this.#failures.delete(node);
    const bytes = fetched.reduce((sum, one) => sum + one.bytes, 0);
    const records = fetched.reduce((sum, one) => sum + one.records.length, 0);
    if (records > 0) this.#meter.fetched(records, bytes);
    const answers = new Map(fetched.map((answer) => [splitId(answer.topic, answer.partition), answer]));
    for (const { channel, generation, stalled } of asked) {
      const answer = answers.get(channel.id);
      if (answer === undefined) continue;
      const alone = channel.solo;
      channel.solo = false;
      if (passed(answer)) await this.#outOfRange(channel, answer.offset);
      else channel.accept(generation, answer);
      const empty = answer.nextOffset === answer.offset && channel.behind;
      // It was known to go on before it was asked, alone, and nothing came: there are batches with nothing in them.
      if (empty && alone && stalled) await skipEmptyBatches(this.#log, node, channel, maxBytesPerPartition);
      // Others may have taken all the room in a larger answer.
      else if (empty && bytes < maxBytes / 2) channel.solo = true;
    }
  }

  /** Decides what a failed request means. */
  async #recover(request: NodeRequest, error: unknown): Promise<void> {
    if (this.#signal.aborted) return;
    const failure = SluiceError.isInstance(error) ? undefined : failureOf(error);
    if (failure?.kind === 'offset-out-of-range') {
      const { topic, partition } = failure;
      const channel = request.channels.find((one) => one.topic === topic && one.partition === partition);
      try {
        if (channel !== undefined) await this.#outOfRange(channel, channel.offset);
        return await this.#again(request, failure);
      } catch (cause) {
        return this.#recover(request, cause);
      }
    }
    if (failure?.retriable) return this.#again(request, failure);
    this.#refused(request.channels, error);
  }

  /** Waits before the next request to the same node, and asks who leads what. */
  async #again({ node, channels }: NodeRequest, failure: KafkaFailure): Promise<void> {
    const now = this.#clock.now();
    for (const channel of channels) {
      channel.failingSince ??= now;
      channel.cutOff();
      if (now - channel.failingSince > this.#settings.retryFor) {
        const { topic } = channel;
        channel.fail(
          kafkaError({ ...this.#settings.attempt, topic }, this.#unknown.has(topic) ? unknownTopic(topic) : failure),
        );
      }
    }
    const failures = (this.#failures.get(node) ?? 0) + 1;
    this.#failures.set(node, failures);
    const { kind, type, broker } = failure;
    this.#logger.warn({ kind, type, broker, failures }, 'a request to Kafka failed and is repeated');
    await this.#clock
      .sleep(Math.min(FIRST_BACKOFF * 2 ** (failures - 1), LONGEST_BACKOFF), this.#signal)
      .catch(() => {});
    if (this.#signal.aborted) return;
    await this.#learnAnew(failures % FAILURES_TO_REOPEN === 0).catch((cause) => {
      const { kind, type } = failureOf(cause);
      this.#logger.debug({ kind, type }, 'Kafka is still away');
    });
  }

  async #learnAnew(connectAnew: boolean): Promise<void> {
    if (connectAnew) {
      const before = this.#log;
      const log = await this.#reopen();
      if (this.#signal.aborted) return log.close();
      this.#log = log;
      void before.close().catch(() => {});
    } else {
      await this.#log.refresh();
    }
    // Nobody knows a leader before its topic has been asked for.
    const topics = new Set([...this.#channels].map(({ topic }) => topic));
    for (const topic of topics) {
      try {
        await this.#log.partitions(topic);
        this.#unknown.delete(topic);
      } catch (error) {
        // One that was deleted keeps no other from being read.
        if (failureOf(error).kind !== 'unknown-topic') throw error;
        this.#unknown.add(topic);
      }
    }
  }

  /** Waiting would not help. Which partition of several it was about is found out by asking for each alone. */
  #refused(channels: readonly PartitionChannel[], error: unknown): void {
    const [channel] = channels;
    if (channel === undefined) return;
    if (channels.length > 1) {
      for (const one of channels) one.solo = true;
      return;
    }
    channel.solo = false;
    channel.fail(kafkaError({ ...this.#settings.attempt, topic: channel.topic }, error));
  }

  async #outOfRange(channel: PartitionChannel, offset: bigint): Promise<void> {
    const { topic, partition } = channel;
    const [earliest, latest] = await Promise.all([
      this.#log.offsets(topic, [partition], 'earliest'),
      this.#log.offsets(topic, [partition], 'latest'),
    ]);
    const range = { first: earliest.get(partition) ?? -1n, end: latest.get(partition) ?? -1n };
    // A broker that has just started may not know its own end yet.
    if (offset >= range.first && offset <= range.end) return;
    channel.fail(outOfRange(this.#settings.attempt.component, channel, offset, range));
  }
}

function unknownTopic(topic: string): KafkaFailure {
  return new KafkaFailure({ kind: 'unknown-topic', type: 'UNKNOWN_TOPIC_OR_PARTITION', retriable: true, topic });
}

/** The log begins behind what was asked for, and what was asked for has not come. */
function passed({ logStart, offset, records }: FetchedPartition): boolean {
  const first = records[0];
  return logStart > offset && (first === undefined || first.offset > offset);
}
