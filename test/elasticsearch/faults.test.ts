import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { FaultProxy, isBulk, itemsOf } from './fault-proxy.js';
import { type Doc, SinkHarness } from './sink-harness.js';

const JSON_LINES = { 'content-type': 'application/x-ndjson' };

describeWithService('elasticsearch', 'faults', (url) => {
  const harness = new SinkHarness(url);
  const proxy = new FaultProxy(url);
  let node = '';
  const many = (count: number): Doc[] => Array.from({ length: count }, (_, n) => ({ id: `${n}`, n }));

  beforeAll(async () => {
    node = await proxy.listen();
  });
  afterEach(() => {
    proxy.fault = () => undefined;
    proxy.seen.length = 0;
  });
  afterAll(() => proxy.close());

  /** Counts bulk requests from 1. */
  function atBulk(fault: (nth: number) => ReturnType<FaultProxy['fault']>): void {
    let bulks = 0;
    proxy.fault = (exchange) => (isBulk(exchange) ? fault(++bulks) : undefined);
  }

  test('HTTP 200 with failed items: those with 429, 503 and 500 alone are sent again, and flush waits for them', async () => {
    const index = await harness.index();
    const statuses = [429, 503, 500];
    atBulk((nth) =>
      nth <= 3 ? { refuse: ({ _id }) => (Number(_id) % 10 < 4 - nth ? statuses[nth - 1] : undefined) } : undefined,
    );
    const run = await harness.run(harness.options(index, { node }), 1, { uid: 'items' });
    await run.write(...many(100));
    expect((await harness.documents(index)).size).toBe(100);
    expect(proxy.bulks.map((bulk) => itemsOf(bulk).length)).toEqual([100, 30, 20, 10]);
    expect(run.rejected).toEqual([]);
    expect(run.counted.get('elasticsearch_retries')).toBe(60);
  });

  test('an item that is tried again keeps its version: the newer one in the same request is not undone', async () => {
    const index = await harness.index();
    atBulk((nth) => (nth === 1 ? { refuse: (_, nth) => (nth === 0 ? 429 : undefined) } : undefined));
    const run = await harness.run(harness.options(index, { node }), 1, { uid: 'overtaken' });
    await run.write({ id: 'a', n: 'old' }, { id: 'a', n: 'new' });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 'new' });
    expect(proxy.bulks.map((bulk) => itemsOf(bulk).length)).toEqual([2, 1]);
    expect(run.counted.get('elasticsearch_stale')).toBe(1);
  });

  test('the highest version stands whatever is refused: random partial failures and lost answers', async () => {
    const index = await harness.index();
    let seed = 7;
    const random = () => {
      seed = (seed * 48271) % 2147483647;
      return seed / 2147483647;
    };
    atBulk(() => {
      const dice = random();
      if (dice < 0.1) return { cut: 'before' };
      if (dice < 0.2) return { cut: 'after' };
      if (dice < 0.3) return { answer: { status: 429, body: '{"error":{"type":"es_rejected_execution_exception"}}' } };
      return { refuse: () => (random() < 0.2 ? 429 : undefined) };
    });
    const options = harness.options<Doc>(index, { node, maxCount: 15, retry: { initial: 1, max: 5, attempts: 100 } });
    const run = await harness.run(options, 1, { uid: 'random' });
    const elements = Array.from({ length: 200 }, (_, n) => ({ id: `${Math.floor(random() * 10)}`, n }));
    await run.write(...elements);
    const expected = new Map(elements.map(({ id, n }) => [id, { n }]));
    expect(await harness.documents(index)).toEqual(expected);
    expect(run.rejected).toEqual([]);
  });

  test('two batches are on their way at a time: an earlier one that is tried again undoes nothing of the later one', async () => {
    const index = await harness.index();
    let second = () => {};
    const secondIsWritten = new Promise<void>((resolve) => {
      second = resolve;
    });
    let bulks = 0;
    proxy.fault = async (exchange) => {
      if (!isBulk(exchange)) return undefined;
      bulks++;
      if (bulks === 1) {
        await secondIsWritten;
        return { answer: { status: 503, body: '{}' } };
      }
      if (bulks === 2) {
        await fetch(`${url()}${exchange.path}`, { method: 'POST', headers: JSON_LINES, body: exchange.body });
        second();
      }
      return undefined;
    };
    const run = await harness.run(harness.options<Doc>(index, { node, maxCount: 2 }), 1, { uid: 'two' });
    await run.write({ id: 'a', n: 'old' }, { id: 'b', n: 1 }, { id: 'a', n: 'new' }, { id: 'c', n: 2 });
    const expected = new Map([
      ['a', { n: 'new' }],
      ['b', { n: 1 }],
      ['c', { n: 2 }],
    ]);
    expect(await harness.documents(index)).toEqual(expected);
    expect(proxy.bulks.map((bulk) => itemsOf(bulk).length)).toEqual([2, 2, 2]);
  });

  test.each(['update', 'delete', () => 'index'] as const)(
    'what is not surely a whole document waits (%s)',
    async (action) => {
      const index = await harness.index();
      let atOnce = 0;
      let most = 0;
      proxy.fault = async (exchange) => {
        if (!isBulk(exchange)) return undefined;
        most = Math.max(most, ++atOnce);
        await new Promise((resolve) => setTimeout(resolve, 20));
        atOnce--;
        return undefined;
      };
      const options = harness.options<Doc>(index, { node, maxCount: 1, action });
      const run = await harness.run(options, 1, { uid: `alone ${typeof action === 'string' ? action : 'each'}` });
      await run.write(...many(6));
      expect(most).toBe(1);
    },
  );

  test('merges are applied once, whatever is refused', async () => {
    const index = await harness.index();
    atBulk((nth) =>
      nth % 3 === 1
        ? { refuse: ({ _id }) => (Number(_id) % 2 ? 503 : undefined) }
        : nth % 3 === 2
          ? { cut: 'after' }
          : undefined,
    );
    const run = await harness.run(harness.options<Doc>(index, { node, action: 'update', maxCount: 9 }), 1, {
      uid: 'merges',
    });
    const elements = Array.from({ length: 40 }, (_, n) => ({ id: `${n % 5}`, [`f${n % 10}`]: n }));
    await run.write(...elements);
    const expected = new Map<string, object>();
    for (const { id, ...fields } of elements) expected.set(id, { ...expected.get(id), ...fields });
    expect(await harness.documents(index)).toEqual(expected);
  });

  test('an answer that was lost: what had been written is found, 409 is success', async () => {
    const index = await harness.index();
    atBulk((nth) => (nth === 1 ? { cut: 'after' } : undefined));
    const run = await harness.run(harness.options(index, { node }), 1, { uid: 'lost answer' });
    await run.write(...many(50));
    expect((await harness.documents(index)).size).toBe(50);
    expect(run.counted.get('elasticsearch_stale')).toBe(50);
  });

  test('400 goes to the rejected output, once, and the rest is delivered', async () => {
    const index = await harness.index({ mappings: { properties: { n: { type: 'long' } } } });
    const run = await harness.run(harness.options(index), 1, { uid: 'poison' });
    await run.write({ id: 'a', n: 1 }, { id: 'b', n: 'SECRET' }, { id: 'c', n: 3 });
    expect([...(await harness.documents(index)).keys()]).toEqual(['a', 'c']);
    expect(run.rejected).toHaveLength(1);
    expect(run.rejected[0]).toMatchObject({
      value: { id: 'b' },
      cause: {
        code: 'SLUICE_ELASTICSEARCH_MAPPING',
        actual: expect.stringContaining('field [n] of type [long]'),
        remedy: expect.stringContaining('rejected'),
      },
    });
    expect(JSON.stringify(run.rejected[0]?.cause)).not.toContain('SECRET');
  });

  test('one of several elements of a document is poison: the others are kept', async () => {
    const index = await harness.index({ mappings: { properties: { n: { type: 'long' } } } });
    const run = await harness.run(harness.options(index), 1, { uid: 'poison among others' });
    await run.write({ id: 'a', n: 1 }, { id: 'a', n: 'poison' }, { id: 'a', n: 2 });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 2 });
    expect(run.rejected.map(({ value }) => value)).toEqual([{ id: 'a', n: 'poison' }]);
    const merging = await harness.run(harness.options<Doc>(index, { action: 'update' }), 1, {
      uid: 'poison among merges',
    });
    await merging.write({ id: 'b', x: 1 }, { id: 'b', n: 3 }, { id: 'b', n: 'poison' }, { id: 'b', y: 2 });
    expect((await harness.get(index, 'b'))?.source).toEqual({ x: 1, n: 3, y: 2 });
    expect(merging.rejected.map(({ value }) => value)).toEqual([{ id: 'b', n: 'poison' }]);
  });

  test('what the server would refuse a whole request for is refused alone', async () => {
    const index = await harness.index();
    const options = harness.options<Doc>((value) => (value.index as string | undefined) ?? index, {
      document: (value) => ('document' in value ? value.document : value) as object,
    });
    const run = await harness.run(options, 1, { uid: 'whole request' });
    const bad: Doc[] = [
      { id: 'x'.repeat(600) },
      { id: '' },
      { id: '\ud800' },
      { id: 'a', index: 'Not Allowed' },
      { id: 'a', document: [1] },
      { id: 'a', document: undefined },
      { id: 'a', document: { n: 1n } },
    ];
    await run.write({ id: 'first', n: 1 }, ...bad, { id: 'last', n: 1 });
    expect([...(await harness.documents(index)).keys()]).toEqual(['first', 'last']);
    expect(run.rejected.map(({ value }) => value)).toEqual(bad);
  });

  test('413 splits the request; one document that is too large is rejected', async () => {
    const index = await harness.index();
    proxy.fault = (exchange) =>
      isBulk(exchange) && exchange.body.length > 5_000 ? { answer: { status: 413, body: '' } } : undefined;
    const run = await harness.run(harness.options(index, { node }), 1, { uid: 'too large' });
    await run.write(...many(200), { id: 'large', n: 'x'.repeat(6_000) }, ...many(10));
    expect((await harness.documents(index)).size).toBe(200);
    expect(run.rejected).toMatchObject([{ value: { id: 'large' }, cause: { code: 'SLUICE_ELASTICSEARCH_DOCUMENT' } }]);
    expect(run.counted.get('elasticsearch_retries')).toBeUndefined();
  });

  test('requests are bounded in bytes and in count', async () => {
    const index = await harness.index();
    const run = await harness.run(harness.options<Doc>(index, { node, maxBytes: 20_000, maxCount: 50 }), 1, {
      uid: 'bounds',
    });
    await run.write(...many(120), ...Array.from({ length: 10 }, (_, n) => ({ id: `l${n}`, text: 'x'.repeat(9_000) })));
    expect((await harness.documents(index)).size).toBe(130);
    for (const bulk of proxy.bulks) {
      expect(bulk.body.length).toBeLessThanOrEqual(20_000);
      expect(itemsOf(bulk).length).toBeLessThanOrEqual(50);
    }
  });

  test('attempts are bounded, and flush fails when they are used up', async () => {
    const index = await harness.index();
    atBulk(() => ({ cut: 'before' }));
    const options = harness.options(index, { node, retry: { attempts: 3, initial: 1, max: 1 } });
    const run = await harness.run(options, 1, { uid: 'used up' });
    await expect(run.write({ id: 'a' })).rejects.toMatchObject({ code: 'SLUICE_BATCH_WRITE' });
    expect(proxy.bulks).toHaveLength(3);
  });

  test('a missing index that nothing creates, a missing pipeline and a closed index fail the run', async () => {
    const [closed, open] = [await harness.index({}), await harness.index({})];
    await harness.request('POST', `/${closed}/_close`);
    const fail = async (uid: string, more: object, code: string) => {
      const run = await harness.run(harness.options(open, more), 1, { uid });
      await expect(run.write({ id: 'a' })).rejects.toMatchObject({ code, remedy: expect.stringMatching(/./) });
      expect(run.rejected).toEqual([]);
    };
    await fail('closed', { index: closed }, 'SLUICE_ELASTICSEARCH_INDEX');
    await fail('pipeline', { pipeline: 'nowhere' }, 'SLUICE_ELASTICSEARCH_PIPELINE');
    const error = { type: 'index_not_found_exception', reason: 'no such index' };
    atBulk(() => ({ answer: { status: 200, body: JSON.stringify({ items: [{ index: { status: 404, error } }] }) } }));
    await fail('missing', { node }, 'SLUICE_ELASTICSEARCH_INDEX');
  });

  test('a connection that is lost while the registry is asked is no failure', async () => {
    let lost = 1;
    proxy.fault = ({ path, method }) =>
      path.includes('registry') && method === 'PUT' && lost-- > 0 ? { cut: 'after' } : undefined;
    const index = await harness.index();
    const run = await harness.run(harness.options(index, { node }), 1, { uid: 'lost claim' });
    await run.write({ id: 'a', n: 1 });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 1 });
  });

  test('closing twice closes the connections, and nothing is written behind it', async () => {
    const own = new FaultProxy(url);
    const options = harness.options(await harness.index(), { node: await own.listen() });
    const run = await harness.run(options, 1, { uid: 'closed twice' });
    await run.write({ id: 'a' });
    expect(own.connections).toBeGreaterThan(0);
    await Promise.all([run.writer.close(), run.writer.close()]);
    await expect.poll(() => own.connections).toBe(0);
    await expect(run.writer.flush()).rejects.toMatchObject({ code: 'SLUICE_BATCH_CLOSED' });
    await own.close();
  });
});
