import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Client } from '@elastic/elasticsearch';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DocumentWrite } from '../documents/document-write.js';
import { BulkRequests } from './bulk-requests.js';

/** Answers of a server on request: what a cluster says of the same is tested against one, in test/elasticsearch. */
interface Answer {
  readonly status: number;
  readonly items?: readonly object[];
}

describe('BulkRequests', () => {
  let server: Server;
  let client: Client;
  let bodies: string[];
  let answer: (body: string, ids: readonly string[]) => Answer;
  const { signal } = new AbortController();
  const settings = { component: 'sink', pipeline: undefined, refresh: false, maxBytes: 1_000_000 } as const;

  beforeEach(async () => {
    bodies = [];
    answer = (_body, ids) => ({ status: 200, items: ids.map(() => ({ index: { status: 201 } })) });
    server = createServer(async (request, response) => {
      const body = await text(request);
      bodies.push(body);
      const { status, items } = answer(body, idsIn(body));
      response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' });
      response.end(JSON.stringify(items === undefined ? { error: { type: 'refused' } } : { items }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    client = new Client({ node: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });

  afterEach(async () => {
    await client.close();
    server.close();
    await once(server, 'close');
  });

  test('sends no more bytes at once than it may, in order', async () => {
    const writes = writesOf(100);
    const outcomes = await new BulkRequests(client, { ...settings, maxBytes: 1_000 }).send(writes, signal);
    expect([...outcomes.keys()]).toEqual(writes);
    expect([...outcomes.values()].every(({ kind }) => kind === 'done')).toBe(true);
    expect(bodies.flatMap(idsIn)).toEqual(writes.map(({ place }) => place.id));
    expect(bodies.length).toBeGreaterThan(5);
    expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThanOrEqual(1_000);
  });

  test('a request that is too large is sent again in smaller ones, and so is all that follows', async () => {
    answer = (body, ids) =>
      body.length > 900 ? { status: 413 } : { status: 200, items: ids.map(() => ({ index: { status: 201 } })) };
    const writes = writesOf(50);
    const requests = new BulkRequests(client, settings);
    const outcomes = await requests.send(writes, signal);
    expect([...outcomes.values()].every(({ kind }) => kind === 'done')).toBe(true);
    expect(bodies.filter(({ length }) => length <= 900).flatMap(idsIn)).toEqual(writes.map(({ place }) => place.id));
    bodies.length = 0;
    await requests.send(writes, signal);
    expect(bodies.every(({ length }) => length <= 900)).toBe(true);
  });

  test('a single document that is too large is rejected alone', async () => {
    answer = (body, ids) =>
      body.includes('"w1"') ? { status: 413 } : { status: 200, items: ids.map(() => ({ index: { status: 201 } })) };
    const writes = writesOf(3);
    const outcomes = await new BulkRequests(client, settings).send(writes, signal);
    expect(writes.map((write) => outcomes.get(write)?.kind)).toEqual(['done', 'rejected', 'done']);
  });

  test('behind an item that is to be tried again nothing more is sent', async () => {
    answer = (_body, ids) => ({
      status: 200,
      items: ids.map((id) => (id === 'w0' ? overloaded : { index: { status: 201 } })),
    });
    const writes = writesOf(100);
    const outcomes = await new BulkRequests(client, { ...settings, maxBytes: 1_000 }).send(writes, signal);
    expect(bodies).toHaveLength(1);
    expect(outcomes.size).toBe(100);
    expect(outcomes.get(writes[0] as DocumentWrite<number>)?.kind).toBe('retry');
    expect(outcomes.get(writes[99] as DocumentWrite<number>)).toEqual({ kind: 'retry', reason: 'not sent' });
  });

  test('an answer about other than all items fails the run', async () => {
    answer = () => ({ status: 200, items: [{ index: { status: 201 } }] });
    await expect(new BulkRequests(client, settings).send(writesOf(3), signal)).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_REFUSED',
    });
  });
});

const overloaded = { index: { status: 429, error: { type: 'es_rejected_execution_exception', reason: 'full' } } };

function writesOf(count: number): DocumentWrite<number>[] {
  return Array.from({ length: count }, (_, at) => ({
    entries: [],
    place: { index: 'i', id: `w${at}`, routing: undefined },
    version: 1,
    source: '{"x":1}',
  }));
}

function idsIn(body: string): string[] {
  return [...body.matchAll(/"_id":"(\w+)"/g)].map(([, id]) => id as string);
}
