import { setTimeout as sleep } from 'node:timers/promises';
import { fixedDelay, noRestart } from '@sluice/core';
import { type KafkaSourceOptions, kafkaSource } from '@sluice/kafka';
import kafkajs from 'kafkajs';
import { beforeAll, expect, test } from 'vitest';
import { describeWithOwnService } from '../services/with-service.js';
import { numbers, SourceHarness, stringified, until } from './source-harness.js';

const PASSWORD = 'hunter2-of-the-reader';
const USER = 'reader-by-name';

describeWithOwnService(
  'kafka',
  'kafkaSource and a broker that is secured, compacts, and dies',
  (server) => {
    const kafka = new SourceHarness(() => server().endpoint);
    const once = { restart: noRestart() };

    /** As a user with few rights, on the listener that asks for a password. */
    const secured = (topic: string, more: Partial<KafkaSourceOptions<number>> = {}): KafkaSourceOptions<number> =>
      kafka.options(topic, {
        brokers: [`127.0.0.1:${server().ports[2]}`],
        sasl: { mechanism: 'plain', username: USER, password: PASSWORD },
        ...more,
      });
    const allow = async (resource: 'TOPIC' | 'GROUP', name: string) => {
      const [operation, resourceType] = [kafkajs.AclOperationTypes.READ, kafkajs.AclResourceTypes[resource]];
      const permissionType = kafkajs.AclPermissionTypes.ALLOW;
      const resourcePatternType = kafkajs.ResourcePatternTypes.LITERAL;
      const rule = { permissionType, host: '*', principal: `User:${USER}` };
      await kafka.admin.createAcls({
        acl: [{ resourceType, resourceName: name, resourcePatternType, operation, ...rule }],
      });
    };

    let topic = '';
    beforeAll(async () => {
      topic = await kafka.topic(1);
      await kafka.produce(topic, numbers(10));
    });

    test('reads as a user who may', async () => {
      const options = secured(topic, { bounded: 'latest' });
      await allow('TOPIC', topic);
      await allow('GROUP', options.groupId);
      const job = kafka.start(kafkaSource(options), once);
      await job.result;
      expect(job.sink.values).toEqual(numbers(10));
      expect(stringified(job.logged)).not.toMatch(new RegExp(`${PASSWORD}|${USER}`));
    });

    test('bad credentials, a missing right to the topic and one to the group: each is a clear failure, and none holds a credential', async () => {
      const hidden = await kafka.topic(1);
      await allow('TOPIC', topic);
      const wrong = { mechanism: 'plain', username: USER, password: `${PASSWORD}-but-wrong` } as const;
      const failures = [
        [secured(topic, { sasl: wrong }), 'SLUICE_KAFKA_AUTHENTICATION', '`sasl`'],
        [secured(topic, { sasl: { ...wrong, mechanism: 'scram-sha-256' } }), 'SLUICE_KAFKA_AUTHENTICATION', '`sasl`'],
        [secured(hidden), 'SLUICE_KAFKA_AUTHORIZATION', 'Describe'],
        // Begun without asking the group, which is refused only when it is joined.
        [secured(topic, { startingOffsets: 'earliest' }), 'SLUICE_KAFKA_AUTHORIZATION', 'Read'],
        [secured(topic), 'SLUICE_KAFKA_AUTHORIZATION', 'Read'],
      ] as const;
      for (const [options, code, remedy] of failures) {
        const job = kafka.start(kafkaSource(options), once);
        const failure = await job.failure;
        expect(failure).toMatchObject({ code, transient: false, remedy: expect.stringContaining(remedy) });
        const said = stringified([failure, job.logged, job.events]);
        expect(said).not.toMatch(new RegExp(`${PASSWORD}|${USER}`));
        expect(said).not.toContain(Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64'));
      }
    });

    test('compaction gaps and wholly empty batches: nothing is waited for that is not there', async () => {
      const compacted = await kafka.topic(1, {
        'cleanup.policy': 'compact',
        'segment.ms': '100',
        'min.cleanable.dirty.ratio': '0.01',
        'min.compaction.lag.ms': '0',
        'max.compaction.lag.ms': '100',
      });
      // The last batch of an idempotent producer outlives its records, empty.
      for (const round of [0, 1, 2]) {
        const producer = kafka.kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
        await producer.connect();
        const messages = numbers(20, round * 100).map((value, key) => ({
          partition: 0,
          key: `${key}`,
          value: `${value}`,
        }));
        await producer.send({ topic: compacted, messages });
        await producer.disconnect();
        await sleep(250);
      }
      await kafka.send(compacted, [{ partition: 0, key: 'last', value: '999' }]);
      const read = async () => {
        const options = kafka.options(compacted, { bounded: 'latest' });
        const job = kafka.start(kafkaSource(options), once);
        await job.result;
        expect(await kafka.committed(options.groupId, compacted)).toEqual({ 0: '61' });
        return job.sink.values;
      };
      await until('compaction', async () => (await read()).length === 21);
      expect(await read()).toEqual([...numbers(20, 200), 999]);
      // From the middle of what is empty.
      const startingOffsets = { partitions: { [compacted]: { 0: 7 } } };
      const job = kafka.start(kafkaSource(kafka.options(compacted, { bounded: 'latest', startingOffsets })), once);
      await job.result;
      expect(job.sink.values).toEqual([...numbers(20, 200), 999]);
    });

    test.each(['kill', 'fast'] as const)(
      'broker %s and start: nothing lost, nothing twice; a job that may not wait so long fails for a while',
      async (how) => {
        const source = await kafka.topic(2);
        for (const partition of [0, 1]) await kafka.produce(source, numbers(500, partition * 10_000), partition);
        const patient = kafka.start(kafkaSource(kafka.options(source)), { interval: 50 });
        const hasty = kafka.start(kafkaSource(kafka.options(source, { retryFor: '300ms' })), {
          interval: 50,
          restart: fixedDelay({ attempts: 1_000, delay: '100ms' }),
        });
        const restarted = () => hasty.events.find(({ type }) => type === 'restarting');
        await until('the first records', () => [patient, hasty].every(({ sink }) => sink.values.length === 1_000));
        await server().stop(how);
        await until('a failure', () => restarted() !== undefined);
        expect(restarted()).toMatchObject({ cause: { code: 'SLUICE_KAFKA_UNREACHABLE', transient: true } });
        await server().start();
        const back = Date.now();
        await kafka.produceAnew(source, numbers(500, 500), 0);
        await kafka.produceAnew(source, numbers(500, 10_500), 1);
        for (const { sink } of [patient, hasty]) {
          await until('the others', () => sink.values.length >= 2_000);
          for (const partition of [0, 1]) {
            const of = sink.values.filter((value) => Math.floor(value / 10_000) === partition);
            expect(of).toEqual(numbers(1_000, partition * 10_000));
          }
        }
        expect(Date.now() - back).toBeLessThan(30_000);
        expect(patient.events.some(({ type }) => type === 'restarting')).toBe(false);
        await Promise.all([patient.stop(), hasty.stop()]);
      },
      300_000,
    );
  },
  {
    settings: {
      listeners: 'PLAINTEXT://127.0.0.1:{port},SASL_PLAINTEXT://127.0.0.1:{port:2},CONTROLLER://127.0.0.1:{port:1}',
      'advertised.listeners': 'PLAINTEXT://127.0.0.1:{port},SASL_PLAINTEXT://127.0.0.1:{port:2}',
      'sasl.enabled.mechanisms': 'PLAIN',
      'listener.name.sasl_plaintext.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER}="${PASSWORD}";`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS',
      'log.cleaner.backoff.ms': 100,
      'log.retention.check.interval.ms': 500,
    },
  },
);
