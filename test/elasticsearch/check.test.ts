import { SluiceError } from '@sluice/connector-sdk';
import { elasticsearchSink } from '@sluice/elasticsearch';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { type Answer, FaultProxy } from './fault-proxy.js';
import { type Doc, SinkHarness } from './sink-harness.js';

describeWithService('elasticsearch', 'the check before anything starts', (url) => {
  const harness = new SinkHarness(url);
  const proxy = new FaultProxy(url);
  let node = '';
  beforeAll(async () => {
    node = await proxy.listen();
  });
  afterEach(() => {
    proxy.fault = () => undefined;
  });
  afterAll(() => proxy.close());

  const answering = (answer: Answer) => {
    proxy.fault = () => ({ answer });
  };
  const error = (type: string) => JSON.stringify({ error: { type, reason: 'SECRET' } });

  test('finds nothing wrong with an index that is there, one that may be created, and an alias', async () => {
    const index = await harness.index({ aliases: { [`${harness.prefix}-alias`]: {} } });
    await harness.check(harness.options(index));
    await harness.check(harness.options(await harness.index()));
    await harness.check(harness.options(`${harness.prefix}-alias`));
    await harness.check(harness.options(() => index));
  });

  test('finds a cluster that cannot be reached, without naming it', async () => {
    const failed = harness.check(harness.options('i', { node: 'http://me:PASSWORD@127.0.0.1:9' }));
    await expect(failed).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_UNREACHABLE',
      transient: true,
      remedy: expect.stringContaining('node'),
    });
    expect(await failed.catch((found) => everythingIn(found))).not.toContain('PASSWORD');
  });

  test('finds credentials that are refused, without naming them', async () => {
    answering({ status: 401, body: error('security_exception') });
    const client = { auth: { username: 'me', password: 'PASSWORD' } };
    const failed = harness.check(harness.options('i', { node, client }));
    await expect(failed).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_LOGIN',
      remedy: expect.stringContaining('client.auth'),
    });
    expect(await failed.catch((found) => everythingIn(found))).not.toMatch(/PASSWORD|SECRET/);
  });

  test('lets pass who may write and not look', async () => {
    answering({ status: 403, body: error('security_exception') });
    await harness.check(harness.options('i', { node }));
  });

  test('finds a missing privilege when the registry is opened', async () => {
    answering({ status: 403, body: error('security_exception') });
    await expect(harness.run(harness.options('i', { node }))).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_PRIVILEGE',
      remedy: expect.stringContaining('create_index'),
    });
  });

  test('finds a client of another major version', async () => {
    // What a client of version 9 sends, and what the server really answers to it.
    const accept = 'application/vnd.elasticsearch+json; compatible-with=9';
    const nine = { headers: { accept, 'content-type': accept } };
    await expect(harness.check(harness.options('i', { client: nine }))).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_CLIENT',
      actual: expect.stringContaining('media_type_header_exception'),
      remedy: expect.stringContaining('major version'),
    });
  });

  test('finds a server that is another product', async () => {
    proxy.product = undefined;
    await expect(harness.check(harness.options('i', { node }))).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_CLIENT',
      actual: expect.stringContaining('x-elastic-product'),
    });
    proxy.product = 'Elasticsearch';
  });

  test('finds a missing index that the cluster does not create by itself', async () => {
    proxy.fault = ({ path }) =>
      path.startsWith('/_cluster/settings')
        ? {
            answer: {
              status: 200,
              body: '{"persistent":{"action.auto_create_index":"+other*"},"transient":{},"defaults":{}}',
            },
          }
        : undefined;
    await expect(harness.check(harness.options(await harness.index(), { node }))).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_INDEX',
      remedy: expect.stringContaining('create'),
    });
    await harness.check(harness.options(await harness.index({}), { node }));
  });

  test('finds a closed index', async () => {
    const index = await harness.index({});
    await harness.request('POST', `/${index}/_close`);
    await expect(harness.check(harness.options(index))).rejects.toMatchObject({ code: 'SLUICE_ELASTICSEARCH_INDEX' });
  });

  test('finds an index that may not be written to', async () => {
    const index = await harness.index({ settings: { 'index.blocks.write': true } });
    await expect(harness.check(harness.options(index))).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_BLOCKED',
      remedy: expect.stringContaining('index.blocks'),
    });
  });

  test('finds mapping conflicts, of the mark of deleted documents as well, in every index that the pattern meets', async () => {
    const index = await harness.index({
      mappings: { properties: { page: { properties: { views: { type: 'keyword' } } }, deleted: { type: 'date' } } },
    });
    await harness.check(harness.options(index));
    const conflict = { code: 'SLUICE_ELASTICSEARCH_MAPPING', remedy: expect.stringContaining('reindex') };
    const typed = harness.options<Doc>(index, { fieldTypes: { 'page.views': 'long' } });
    await expect(harness.check(typed)).rejects.toMatchObject(conflict);
    await expect(harness.check(harness.options<Doc>(index, { action: () => 'delete' }))).rejects.toMatchObject(
      conflict,
    );
    const dated = { pattern: `${harness.prefix}-{yyyy}-x`, timeOf: () => 0 };
    await harness.check(harness.options<Doc>(dated, { fieldTypes: { n: 'long' } }));
    await harness.request('PUT', `/${harness.prefix}-1970-x`, { mappings: { properties: { n: { type: 'date' } } } });
    await expect(harness.check(harness.options<Doc>(dated, { fieldTypes: { n: 'long' } }))).rejects.toMatchObject(
      conflict,
    );
  });

  test('no credential and no document is in an error, a log or an event', async () => {
    const secrets = /PASSWORD|APIKEY|SECRET/;
    const index = await harness.index({ mappings: { properties: { n: { type: 'long' } } } });
    const withSecrets = {
      node: node.replace('//', '//me:PASSWORD@'),
      client: { auth: { apiKey: 'APIKEY' }, headers: { 'x-secret': 'SECRET' } },
      retry: { attempts: 2, initial: 1 },
    };
    const found: string[] = [];
    const faults = [
      { answer: { status: 500, body: error('exception') } },
      { answer: { status: 400, body: error('exception') } },
      { answer: { status: 403, body: error('security_exception') } },
      { answer: { status: 413, body: '' } },
      { answer: { status: 200, body: '<html>SECRET</html>' } },
      { cut: 'before' },
      { refuse: () => 403 },
      { refuse: () => 429 },
      undefined,
    ] as const;
    for (const [i, fault] of faults.entries()) {
      const run = await harness.run(harness.options<Doc>(index, withSecrets), 1, { uid: `secrets ${i}` });
      proxy.fault = () => fault;
      await run.write({ id: 'SECRET', n: 'SECRET' }).catch((failure) => found.push(everythingIn(failure)));
      found.push(...run.rejected.map(({ cause }) => everythingIn(cause)));
      proxy.fault = () => undefined;
    }
    expect(found.length).toBe(faults.length);
    expect(found.join('\n')).not.toMatch(secrets);
    expect(everythingIn(harness.logged)).not.toMatch(secrets);
    expect(everythingIn(elasticsearchSink(harness.options(index, withSecrets)))).not.toMatch(secrets);
  });
});

/** Every text that can be reached from it, as a careless logger would print it. */
function everythingIn(found: unknown, seen = new Set<unknown>()): string {
  if (typeof found !== 'object' || found === null) return String(found);
  if (seen.has(found)) return '';
  seen.add(found);
  const parts = Reflect.ownKeys(found).map((key) => everythingIn(Reflect.get(found, key), seen));
  const json = SluiceError.isInstance(found) ? JSON.stringify(found) : '';
  return [json, ...parts].join('\n');
}
