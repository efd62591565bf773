import { createServer } from 'node:net';
import { json } from '@sluice/connector-sdk';
import { kafkaSink } from '@sluice/kafka';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { commitAll, epochOf, type Row, SinkHarness } from './sink-harness.js';

const SECRET = 'hunter2-is-no-password';
const USER = 'somebody-in-particular';
const PAYLOAD = 'payload-of-a-customer';

/** Everything of a value that could be printed, its causes and hidden fields too. */
function everything(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Reflect.ownKeys(value)
    .map((key) => `${String(key)} ${everything((value as Record<PropertyKey, unknown>)[key], seen)}`)
    .join(' ');
}

describeWithService('kafka', 'what kafkaSink says', (endpoint) => {
  const harness = new SinkHarness(endpoint);
  const said: unknown[] = [];
  const log = (...parts: unknown[]) => void said.push(...parts);
  const context = (more: object = {}) =>
    harness.context(1, { logger: { debug: log, info: log, warn: log, error: log }, report: log, ...more });
  const sasl = { mechanism: 'plain', username: USER, password: SECRET } as const;
  const clean = () =>
    expect(everything(said)).not.toMatch(
      new RegExp(`${SECRET}|${USER}|${PAYLOAD}|${Buffer.from(`\0${USER}\0${SECRET}`).toString('base64')}`),
    );

  test('holds no credential when the broker wants none, ends the connection, or is not there', async () => {
    const closing = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const { port } = closing.address() as { readonly port: number };
    const attempts = [harness.brokers, [`127.0.0.1:${port}`], ['127.0.0.1:1']].map(async (brokers, index) => {
      const options = { brokers, topic: 't', value: json<Row>(), sasl };
      const sink = index === 0 ? kafkaSink({ ...options, guarantee: 'at-least-once' }) : kafkaSink(options);
      const failure = await sink.check?.(context()).then(
        () => undefined,
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ code: expect.stringMatching(/^SLUICE_KAFKA/) });
      said.push(failure, String(failure), JSON.stringify(failure));
    });
    await Promise.all(attempts);
    closing.close();
    clean();
  });

  test('holds no credential when options are wrong', () => {
    for (const wrong of [
      { brokers: [`sasl://${USER}:${SECRET}@b:1`] },
      { sasl: { mechanism: SECRET, username: USER, password: SECRET } },
      { sasl: { mechanism: 'plain', username: USER, password: 5 } },
    ]) {
      try {
        kafkaSink({ brokers: ['b:1'], topic: 't', value: json<Row>(), ...wrong } as unknown as Parameters<
          typeof kafkaSink<Row>
        >[0]);
      } catch (error) {
        said.push(error, String(error));
      }
    }
    expect(said.length).toBeGreaterThan(2);
    clean();
  });

  test('holds no payload when elements are rejected or commits fail', async () => {
    const topic = await harness.topic(1, { 'max.message.bytes': '2000' });
    const run = await harness.run<Row>(harness.options(topic), 1, [], context());
    const good = { id: 1, text: PAYLOAD };
    const committables = await epochOf(run, 1, [good, { id: 2, text: PAYLOAD.repeat(200) }]);
    said.push(run.rejected.map(({ cause }) => cause));
    const later = await harness.run<Row>(harness.options(topic), 2, [], { uid: context().uid });
    const results = await commitAll(run, committables);
    expect(results).toEqual([{ status: 'failed', cause: expect.objectContaining({ code: 'SLUICE_FENCED' }) }]);
    said.push(results);
    await Promise.all([run.close(), later.close()]);
    clean();
  });
});
