// Which line of the list of bad input is shown where: see mended-job.ts.
import { type KafkaSinkOptions, type KafkaSourceOptions, kafkaSink, kafkaSource } from '@sluice/kafka';
import { collectTransactionalSink } from '@sluice/testing';
import { expect, test } from 'vitest';
import { SinkHarness } from '../kafka/sink-harness.js';
import { SourceHarness } from '../kafka/source-harness.js';
import { describeWithService } from '../services/with-service.js';
import { ALL, type BadInput, BEFORE, failsClearlyAndGoesOn, readingJob, upTo, writingJob } from './mended-job.js';

interface Wrong<O> extends Omit<BadInput, 'harm' | 'mend'> {
  readonly wrong: (name: string) => Partial<O>;
}

const notThere: readonly Wrong<{ readonly brokers: readonly string[]; readonly topic: string }>[] = [
  {
    what: 'an unreachable broker',
    code: 'SLUICE_KAFKA_UNREACHABLE',
    remedy: 'brokers',
    wrong: () => ({ brokers: ['127.0.0.1:1'] }),
  },
  {
    what: 'an unknown topic',
    code: 'SLUICE_KAFKA_TOPIC_UNKNOWN',
    remedy: 'create the topic',
    wrong: (name) => ({ topic: `${name}-none` }),
  },
];

describeWithService('kafka', 'bad input: a sink of Kafka', (endpoint) => {
  const harness = new SinkHarness(endpoint);

  const cases: readonly Wrong<KafkaSinkOptions<number>>[] = [
    ...notThere,
    {
      what: 'a transaction timeout that the broker does not allow',
      code: 'SLUICE_KAFKA_TRANSACTION_TIMEOUT',
      remedy: 'transaction.max.timeout.ms',
      wrong: () => ({ transactionTimeout: '1h' }),
    },
  ];

  test.each(cases.map((each) => [each.what, each.code, each] as const))('%s: %s', async (_what, _code, bad) => {
    const topic = await harness.topic(1);
    const sink = (harmed: boolean) =>
      kafkaSink<number>({
        brokers: harness.brokers,
        topic,
        value: { encode: (n) => new TextEncoder().encode(String(n)) },
        ledgerTopic: harness.ledgerTopic,
        ...(harmed ? bad.wrong(harness.name) : {}),
      });
    const read = async () => (await harness.records(topic)).map(({ value }) => Number(value));
    await failsClearlyAndGoesOn(writingJob(`${harness.job} ${bad.what}`, sink, read), bad);
  });
});

describeWithService('kafka', 'bad input: a source of Kafka', (endpoint) => {
  const kafka = new SourceHarness(endpoint);

  const cases: readonly Wrong<KafkaSourceOptions<number>>[] = [
    ...notThere,
    {
      what: 'a record of the wrong type',
      code: 'SLUICE_KAFKA_RECORD',
      remedy: '`poison`',
      wrong: () => ({
        value: {
          decode: () => {
            throw new Error('this is no number');
          },
          encode: () => new Uint8Array(),
        },
      }),
    },
  ];

  test.each(cases.map((each) => [each.what, each.code, each] as const))('%s: %s', async (what, _code, bad) => {
    const topic = await kafka.topic(1);
    await kafka.produce(topic, upTo(BEFORE));
    const options = kafka.options<number>(topic);
    const source = (harmed: boolean, endless: boolean) =>
      kafkaSource<number>({
        ...options,
        ...(endless ? {} : { bounded: 'latest' }),
        ...(harmed ? bad.wrong(kafka.name) : {}),
      });
    const sink = collectTransactionalSink<number>();
    const job = readingJob(`${kafka.name} ${what}`, source, sink, async () => sink.values);
    await failsClearlyAndGoesOn(job, { ...bad, harm: () => kafka.produce(topic, upTo(ALL, BEFORE)) });
    expect(sink.values).toEqual(upTo(ALL));
  });
});
