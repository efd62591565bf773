import { elasticsearchSink } from '@sluice/elasticsearch';
import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { type Doc, SinkHarness } from './sink-harness.js';

describeWithService('elasticsearch', 'documents', (url) => {
  const harness = new SinkHarness(url);

  test('are put under the _id of their element, the newest last', async () => {
    const index = await harness.index();
    const run = await harness.run(harness.options(index));
    await run.write({ id: 'a', n: 1 }, { id: 'b', n: 2 }, { id: 'a', n: 3 });
    await run.write({ id: 'b', n: 4 });
    expect(await harness.documents(index)).toEqual(
      new Map([
        ['a', { n: 3 }],
        ['b', { n: 4 }],
      ]),
    );
  });

  test('are as they were when the element was written', async () => {
    const index = await harness.index();
    const run = await harness.run(harness.options<{ id: string; n: number }>(index));
    const element = { id: 'a', n: 1 };
    const written = run.writer.write(element, 0);
    element.n = 2;
    await written;
    await run.writer.flush();
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 1 });
  });

  test('go to the index of their day, of UTC', async () => {
    const run = await harness.run(
      harness.options<Doc & { at: number }>({
        pattern: `${harness.prefix}-day-{yyyy.MM.dd}`,
        timeOf: (value: Doc & { at: number }) => value.at,
      }),
    );
    await run.write(
      { id: 'a', at: Date.parse('2026-01-31T23:59:59.999Z') },
      { id: 'a', at: Date.parse('2026-02-01T00:00:00Z') },
      { id: 'b', at: Number.NaN },
    );
    expect(await harness.get(`${harness.prefix}-day-2026.01.31`, 'a')).toBeDefined();
    expect(await harness.get(`${harness.prefix}-day-2026.02.01`, 'a')).toBeDefined();
    expect(run.rejected).toMatchObject([{ value: { id: 'b' }, cause: { code: 'SLUICE_ELASTICSEARCH_DOCUMENT' } }]);
  });

  test('go to the index of their window, which a function names', async () => {
    const run = await harness.run(
      harness.options<Doc & { window: number }>(({ window }) => `${harness.prefix}-window-${window}`),
    );
    await run.write({ id: 'a', window: 1 }, { id: 'a', window: 2 });
    expect((await harness.get(`${harness.prefix}-window-1`, 'a'))?.source).toEqual({ window: 1 });
    expect((await harness.get(`${harness.prefix}-window-2`, 'a'))?.source).toEqual({ window: 2 });
  });

  test('go to the shard of their routing, updates as well', async () => {
    const index = await harness.index({ settings: { number_of_shards: 5, number_of_replicas: 0 } });
    const options = harness.options<Doc & { r: string }>(index, { routing: ({ r }) => r, action: 'update' });
    const run = await harness.run(options);
    const elements = Array.from({ length: 20 }, (_, i) => ({ id: `${i}`, r: `r${i % 7}` }));
    await run.write(...elements);
    await run.write(...elements.map((element) => ({ ...element, n: 1 })));
    for (const { id, r } of elements) expect((await harness.get(index, id, r))?.source).toEqual({ r, n: 1 });
  });

  test('are merged by updates, made where there is none, and made anew behind a delete', async () => {
    const index = await harness.index();
    const options = harness.options<Doc & { do: 'index' | 'update' | 'delete' }>(index, {
      action: (value) => value.do,
      document: ({ id: _, do: __, ...fields }) => fields,
    });
    const run = await harness.run(options);
    await run.write({ id: 'a', do: 'index', n: 1, deep: { x: 1, list: [1] } }, { id: 'b', do: 'update', n: 1 });
    await run.write({ id: 'a', do: 'update', deep: { y: 2, list: [2] } });
    await run.write({ id: 'a', do: 'update', m: 3 }, { id: 'a', do: 'update', m: 4 });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 1, deep: { x: 1, y: 2, list: [2] }, m: 4 });
    expect((await harness.get(index, 'b'))?.source).toEqual({ n: 1 });
    await run.write({ id: 'a', do: 'delete' });
    await run.write({ id: 'a', do: 'update', m: 5 });
    expect((await harness.get(index, 'a'))?.source).toEqual({ m: 5 });
    await run.write({ id: 'b', do: 'update', n: 2 }, { id: 'b', do: 'delete' }, { id: 'b', do: 'update', n: 3 });
    expect((await harness.get(index, 'b'))?.source).toEqual({ n: 3 });
  });

  test('that are deleted leave a mark with their version, and nothing else', async () => {
    const index = await harness.index();
    const run = await harness.run(
      harness.options<Doc>(index, { action: ({ gone }) => (gone ? 'delete' : 'index'), deletedField: 'gone' }),
    );
    await run.write({ id: 'a', n: 1 });
    const before = await harness.get(index, 'a');
    await run.write({ id: 'a', gone: true }, { id: 'never there', gone: true });
    expect(await harness.documents(index)).toEqual(
      new Map([
        ['a', { gone: true }],
        ['never there', { gone: true }],
      ]),
    );
    expect((await harness.get(index, 'a'))?.version).toBeGreaterThan(before?.version ?? Number.POSITIVE_INFINITY);
  });

  test('are removed by hard deletes, also where there is nothing to remove', async () => {
    const index = await harness.index();
    const run = await harness.run(
      harness.options<Doc>(index, { action: ({ gone }) => (gone ? 'delete' : 'index'), deletes: 'hard' }),
    );
    await run.write({ id: 'a', n: 1 }, { id: 'b', n: 1 });
    await run.write({ id: 'a', gone: true }, { id: 'never there', gone: true });
    expect([...(await harness.documents(index)).keys()]).toEqual(['b']);
  });

  test('stay deleted although a late write comes when the server has forgotten the delete; a hard delete does not', async () => {
    const settings = { number_of_shards: 1, number_of_replicas: 0, 'index.gc_deletes': '0s' };
    const [soft, hard] = [await harness.index({ settings }), await harness.index({ settings })];
    for (const [index, deletes] of [
      [soft, 'soft'],
      [hard, 'hard'],
    ] as const) {
      const run = await harness.run(
        harness.options<Doc>(index, { action: ({ gone }) => (gone ? 'delete' : 'index'), deletes }),
      );
      await run.write({ id: 'a', n: 1 }, { id: 'a', gone: true });
    }
    // What a zombie would still send.
    const late = async (index: string) => {
      await harness.request('POST', `/${index}/_refresh`);
      await harness.request('PUT', `/${index}/_doc/a?version=1&version_type=external`, { n: 2 });
      return (await harness.get(index, 'a'))?.source;
    };
    await expect.poll(() => late(hard), { timeout: 60_000 }).toEqual({ n: 2 });
    expect(await late(soft)).toEqual({ deleted: true });
  });

  test('are visible to searches at once with `refresh`', async () => {
    const index = await harness.index();
    const run = await harness.run(harness.options(index, { refresh: true }));
    await run.write({ id: 'a', n: 1 });
    const { count } = await harness.request<{ count: number }>('GET', `/${index}/_count`);
    expect(count).toBe(1);
  });

  test('whose key alone decides have the key of their place', () => {
    const { keyOf } = elasticsearchSink<Doc>(harness.options('i', { routing: ({ r }) => r as string }));
    expect(keyOf({ id: 'a', r: 'x', n: 1 })).toBe(keyOf({ id: 'a', r: 'x', n: 2 }));
    expect(keyOf({ id: 'a', r: 'x' })).not.toBe(keyOf({ id: 'a', r: 'y' }));
  });
});
