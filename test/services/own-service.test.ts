import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { expect, test } from 'vitest';
import { describeWithOwnService } from './with-service.js';

const patience = { timeout: 120_000 };

describeWithOwnService(
  'redis',
  'a Redis of our own',
  (server) => {
    test('has its settings, hangs while it is paused, and keeps everything that it answered over a kill', async () => {
      const client = new Redis(server().endpoint.replace('://', '://:told@'));
      client.on('error', () => undefined);
      expect(await client.config('GET', 'maxmemory')).toEqual(['maxmemory', '33554432']);
      server().pause();
      const answer = client.set('kept', 'yes');
      expect(await Promise.race([answer, new Promise((done) => setTimeout(done, 100, 'nothing'))])).toBe('nothing');
      server().resume();
      expect(await answer).toBe('OK');
      await server().stop('kill');
      await server().start();
      expect(await client.get('kept')).toBe('yes');
      client.disconnect();
    });
  },
  { settings: { requirepass: 'told', maxmemory: '32mb' }, probe: pingWithPassword },
);

async function pingWithPassword(endpoint: string): Promise<void> {
  const client = new Redis(endpoint.replace('://', '://:told@'), { retryStrategy: () => null });
  client.on('error', () => undefined);
  try {
    await client.ping();
  } finally {
    client.disconnect();
  }
}

const listeners = 'PLAINTEXT://127.0.0.1:{port},SECOND://127.0.0.1:{port:2}';

describeWithOwnService(
  'kafka',
  'a Kafka of our own',
  (server) => {
    test('has its settings, and keeps its topics over a kill and over a stop', patience, async () => {
      const topic = `kept-${randomUUID()}`;
      const ask = async <R>(broker: string, what: (admin: ReturnType<Kafka['admin']>) => Promise<R>): Promise<R> => {
        const admin = new Kafka({ brokers: [broker], logLevel: logLevel.NOTHING }).admin();
        await admin.connect();
        try {
          return await what(admin);
        } finally {
          await admin.disconnect();
        }
      };
      expect(
        await ask(server().endpoint, (admin) => admin.createTopics({ topics: [{ topic }], waitForLeaders: false })),
      ).toBe(true);
      await server().stop('kill');
      await server().start();
      expect(await ask(server().endpoint, (admin) => admin.listTopics())).toContain(topic);
      await server().stop();
      await server().start();
      const second = `127.0.0.1:${server().ports[2]}`;
      expect(await ask(second, (admin) => admin.listTopics())).toContain(topic);
    });
  },
  {
    settings: {
      listeners: `${listeners},CONTROLLER://127.0.0.1:{port:1}`,
      'advertised.listeners': listeners,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SECOND:PLAINTEXT,CONTROLLER:PLAINTEXT',
      'inter.broker.listener.name': 'PLAINTEXT',
    },
  },
);

describeWithOwnService(
  'elasticsearch',
  'an Elasticsearch of our own',
  (server) => {
    test('has its settings, and keeps what it acknowledged over a kill', patience, async () => {
      const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
        const headers = { 'content-type': 'application/json' };
        const text = body === undefined ? {} : { body: JSON.stringify(body) };
        return (await fetch(`${server().endpoint}${path}`, { method, headers, ...text })).json();
      };
      expect(await ask('PUT', '/kept/_doc/1?version=7&version_type=external', { n: 1 })).toMatchObject({ _version: 7 });
      expect(await ask('PUT', '/other/_doc/1', { n: 1 })).toMatchObject({ status: 404 });
      await server().stop('kill');
      await server().start();
      expect(await ask('GET', '/kept/_doc/1')).toMatchObject({ found: true, _version: 7, _source: { n: 1 } });
    });
  },
  { settings: { 'action.auto_create_index': 'kept' } },
);
