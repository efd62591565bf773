import { createServer, type Server, type Socket } from 'node:net';
import { callbackSink, createJob, fromObservable, fromSource, json, noRestart, to } from '@sluice/core';
import { kafkaSink, kafkaSource } from '@sluice/kafka';
import { NEVER } from 'rxjs';
import { afterEach, expect, test } from 'vitest';

const servers: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];
afterEach(() => {
  for (const { server, sockets } of servers.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});

/** Takes connections and says nothing, as a broker that is suspended does. */
async function silentBroker() {
  const sockets = new Set<Socket>();
  let called = (): void => {};
  const connected = new Promise<void>((resolve) => {
    called = resolve;
  });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', called);
  });
  servers.push({ server, sockets });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { broker: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, connected };
}

test.for(['transactional', 'at-least-once'] as const)(
  'a job that is cancelled does not wait for a broker that says nothing: %s',
  { timeout: 120_000 },
  async (guarantee) => {
    const { broker, connected } = await silentBroker();
    const options = { brokers: [broker], topic: 'totals', value: json<number>(), requestTimeout: '10m' } as const;
    const sink = guarantee === 'transactional' ? kafkaSink(options) : kafkaSink({ ...options, guarantee });
    const job = createJob('cancelled', fromObservable(NEVER).pipe(to(sink)), { restart: noRestart() });
    const run = job.run();
    await connected;
    await job.cancel();
    expect(await run).toMatchObject({ status: 'cancelled' });
  },
);

test('so does not one that reads from it', { timeout: 120_000 }, async () => {
  const { broker, connected } = await silentBroker();
  const source = kafkaSource({
    brokers: [broker],
    topic: 't',
    groupId: 'g',
    value: json<number>(),
    requestTimeout: '10m',
  });
  const job = createJob('cancelled', fromSource(source).pipe(to(callbackSink(() => {}))), { restart: noRestart() });
  const run = job.run();
  await connected;
  await job.cancel();
  expect(await run).toMatchObject({ status: 'cancelled' });
});
