import type { Metrics } from '@sluice/connector-sdk';
import type { FetchMeter } from './fetcher.js';
import type { PartitionChannel } from './partition-channel.js';

/** What a source counts. */
export class SourceMeter implements FetchMeter {
  readonly poison: { add(delta?: number): void };
  readonly rebalances: { add(delta?: number): void };
  readonly #metrics: Metrics;
  readonly #records: { add(delta?: number): void };
  readonly #bytes: { add(delta?: number): void };
  readonly #channels = new Map<string, PartitionChannel>();

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
    this.#records = metrics.counter('sluice_kafka_records_total', 'Records that were fetched');
    this.#bytes = metrics.counter('sluice_kafka_bytes_total', 'Bytes of keys and values that were fetched');
    this.poison = metrics.counter('sluice_kafka_poison_total', 'Records that could not be decoded');
    this.rebalances = metrics.counter('sluice_kafka_rebalances_total', 'Times that the group was shared out anew');
    const lag = (): number => [...this.#channels.values()].reduce((sum, channel) => sum + channel.lag, 0);
    metrics.gauge('sluice_kafka_lag', lag, 'Records of all partitions that have not been taken yet');
  }

  fetched(records: number, bytes: number): void {
    this.#records.add(records);
    this.#bytes.add(bytes);
  }

  /** The lag of a partition, by a name of its own: metrics of a plugin have no labels. */
  watch(channel: PartitionChannel): void {
    this.#channels.set(channel.id, channel);
    const name = channel.topic.replace(/[^a-zA-Z0-9_]/g, '_');
    this.#metrics.gauge(
      `sluice_kafka_lag_${name}_${channel.partition}`,
      () => channel.lag,
      `Records of ${channel.topic}, partition ${channel.partition}, that have not been taken yet`,
    );
  }
}
