import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import type { KafkaConnection } from './connection.js';
import { endingConnection } from './ending-connection.js';

/** How often each connection was ended, in the order in which they were made. */
function connections() {
  const ended: number[] = [];
  const connection = {
    own() {
      const at = ended.push(0) - 1;
      return { kafka: { at }, destroy: () => ended.splice(at, 1, (ended[at] ?? 0) + 1) };
    },
  };
  return { ended, connection: connection as unknown as KafkaConnection };
}

test('however often a run connects, there is one listener on its signal, which ends what has not been ended', () => {
  const run = new AbortController();
  const { ended, connection } = connections();
  const made = Array.from({ length: 20 }, () => endingConnection(connection, run.signal).own());
  expect(getEventListeners(run.signal, 'abort')).toHaveLength(1);
  made[0]?.destroy();
  expect(ended.slice(0, 2)).toEqual([1, 0]);
  run.abort();
  expect(ended).toEqual(made.map(() => 1));
});

test('of the parts that share a connection, the first makes it; made too late it is ended at once', () => {
  const run = new AbortController();
  const { ended, connection } = connections();
  const shared = endingConnection(connection, run.signal);
  expect(ended).toEqual([]);
  expect(shared.kafka).toBe(shared.kafka);
  expect(ended).toEqual([0]);
  run.abort();
  shared.own();
  expect(ended).toEqual([1, 1]);
});
