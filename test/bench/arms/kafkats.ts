import type { ArmResult } from '../arm.js';
import type { Bid } from '../nexmark/events.js';
import { npmPackages } from '../peers/npm/packages.js';
import { hashOfCount } from './count-data.js';
import { TOPIC_BIDS, TOPIC_WARM_UP, withCountTopic } from './count-topic.js';
import { untilLast } from './until-last.js';

const VERSION = '0.12.0';

interface Codecs {
  json(): unknown;
  string(): unknown;
}

interface Stream<K, V> {
  groupByKey(): { count(options: object): { toStream(): Stream<K, number> } };
  peek(see: (key: K, value: V) => void): Stream<K, V>;
}

interface Application {
  stream<K, V>(topic: string, options: object): Stream<K, V>;
  start(): Promise<void>;
  close(): Promise<void>;
  state(): string;
}

interface Flow {
  flow(config: object): Application;
}

/** The keyed count in @kafkats/flow, from the same topic. */
export async function countInKafkats(): Promise<ArmResult> {
  const require = await npmPackages({ '@kafkats/client': VERSION, '@kafkats/flow': VERSION });
  const { json, string } = require('@kafkats/client') as Codecs;
  const { flow } = require('@kafkats/flow') as Flow;
  return withCountTopic(async ({ broker, topic }) => {
    const { consume, last, result } = untilLast(
      { warmUp: TOPIC_WARM_UP, timed: TOPIC_BIDS },
      ({ auction, bids }: { auction: string; bids: number }) => hashOfCount(Number(auction), bids),
    );
    const app = flow({
      applicationId: `sluice-bench-${process.pid}-${Date.now()}`,
      client: { brokers: [broker], clientId: 'sluice-bench', logLevel: 'error' },
      consumer: { autoOffsetReset: 'earliest', maxRecords: 5_000 },
    });
    app
      .stream<string, Bid>(topic, { key: string(), value: json(), offsetReset: 'earliest' })
      .groupByKey()
      .count({ storeName: 'counts', changelog: false })
      .toStream()
      .peek((auction, bids) => consume({ auction, bids }));
    await app.start();
    await Promise.race([last, failureOf(app)]);
    await app.close();
    return result({ '@kafkats/flow': VERSION });
  });
}

/** It tells nobody when it has failed. */
function failureOf(app: Application): Promise<never> {
  return new Promise((_, reject) => {
    const timer = setInterval(() => {
      if (app.state() === 'ERROR') reject(new Error('the application has failed'));
    }, 1_000);
    timer.unref();
  });
}
