import { expect, test } from 'vitest';
import { describeWithService } from '../services/with-service.js';
import { type Doc, SinkHarness } from './sink-harness.js';

describeWithService('elasticsearch', 'versions', (url) => {
  const harness = new SinkHarness(url);

  test('of a replay after a restart are higher, and the last element wins', async () => {
    const index = await harness.index();
    const uid = 'replay';
    const elements = Array.from({ length: 10 }, (_, n) => ({ id: 'a', n }));
    await (await harness.run(harness.options(index), 1, { uid })).write(...elements);
    const again = await harness.run(harness.options(index), 2, { uid });
    await again.write(...elements.slice(5, 8));
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 7 });
    await again.write(...elements.slice(8));
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 9 });
    expect(again.counted.get('elasticsearch_stale')).toBeUndefined();
  });

  test('of a zombie are lower: what it still writes changes nothing, and it is told', async () => {
    const index = await harness.index();
    const uid = 'zombie';
    const zombie = await harness.run(harness.options(index), 1, { uid });
    await zombie.write({ id: 'a', n: 'old' }, { id: 'untouched', n: 'old' });
    const successor = await harness.run(harness.options(index), 2, { uid });
    await successor.write({ id: 'a', n: 'new' });
    await expect(zombie.write({ id: 'a', n: 'zombie' })).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 'new' });
    await successor.write({ id: 'untouched', n: 'new' });
    expect((await harness.get(index, 'untouched'))?.source).toEqual({ n: 'new' });
  });

  test('of a zombie are lower for merged documents as well', async () => {
    const index = await harness.index();
    const options = harness.options<Doc>(index, { action: 'update' });
    const uid = 'merging zombie';
    const zombie = await harness.run(options, 1, { uid });
    await zombie.write({ id: 'a', n: 1 });
    await (await harness.run(options, 2, { uid })).write({ id: 'a', m: 2 });
    await expect(zombie.write({ id: 'a', n: 'zombie' })).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 1, m: 2 });
  });

  test('are not given to a run that starts late, behind a newer one', async () => {
    const index = await harness.index();
    const uid = 'late start';
    await harness.run(harness.options(index), 5, { uid });
    await expect(harness.run(harness.options(index), 4, { uid })).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    await harness.run(harness.options(index), 5, { uid, subtask: 1, parallelism: 2 });
  });

  test('of a job started afresh are higher although its epochs begin again', async () => {
    const index = await harness.index();
    const uid = 'afresh';
    const before = await harness.run(harness.options(index), 7, { uid, incarnation: 'one' });
    await before.write({ id: 'a', n: 'before' });
    const afresh = await harness.run(harness.options(index), 1, { uid, incarnation: 'two' });
    await afresh.write({ id: 'a', n: 'afresh' });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 'afresh' });
    await expect(before.write({ id: 'a', n: 'zombie' })).rejects.toMatchObject({ code: 'SLUICE_FENCED' });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 'afresh' });
  });

  test('that somebody else has given are found out, never taken for stale', async () => {
    const index = await harness.index();
    const uid = 'foreign';
    const foreign = 2 ** 40;
    await harness.request('PUT', `/${index}/_doc/a?version=${foreign}&version_type=external`, { n: 'foreign' });
    const run = await harness.run(harness.options(index), 1, { uid });
    await expect(run.write({ id: 'a', n: 'ours' })).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_FOREIGN_VERSION',
      remedy: expect.stringContaining(String(foreign + 2 ** 30)),
    });
    const above = await harness.run(harness.options(index, { versionFloor: foreign + 1 }), 2, { uid });
    await above.write({ id: 'a', n: 'ours' });
    expect((await harness.get(index, 'a'))?.source).toEqual({ n: 'ours' });
  });

  test('are not given twice when the registry has been lost', async () => {
    const index = await harness.index();
    const registry = `${harness.prefix}-lost`;
    const options = harness.options(index, { registry });
    await (await harness.run(options, 1)).write({ id: 'b', n: 1 });
    await (await harness.run(options, 2)).write({ id: 'a', n: 1 });
    await harness.request('DELETE', `/${registry}`);
    const run = await harness.run(options, 3);
    await expect(run.write({ id: 'a', n: 2 })).rejects.toMatchObject({ code: 'SLUICE_ELASTICSEARCH_FOREIGN_VERSION' });
  });

  test('of many starts at the same time never meet', async () => {
    const index = await harness.index();
    const uid = 'crowd';
    const runs = await Promise.all(
      Array.from({ length: 8 }, (_, subtask) =>
        harness.run(harness.options(index), 1, { uid, subtask, parallelism: 8 }),
      ),
    );
    await Promise.all(runs.map((run, n) => run.write({ id: `${n}`, n })));
    const versions = await Promise.all(runs.map(async (_, n) => (await harness.get(index, `${n}`))?.version));
    expect(new Set(versions).size).toBe(8);
  });

  test('of the user: replays and stale elements succeed and change nothing', async () => {
    const index = await harness.index();
    const options = harness.options<Doc & { offset: number }>(index, { version: ({ offset }) => offset });
    const elements = [0, 1, 2, 3].map((offset) => ({ id: 'a', offset }));
    await (await harness.run(options)).write(...elements);
    const replay = await harness.run(options, 2);
    await replay.write(...elements.slice(1, 3));
    expect(await harness.get(index, 'a')).toEqual({ version: 3, source: { offset: 3 } });
    expect(replay.counted.get('elasticsearch_stale')).toBe(2);
    expect(replay.rejected).toEqual([]);
  });

  test('of the user, out of order in one request: the highest wins, whichever came last', async () => {
    const index = await harness.index();
    // Offsets of Kafka are bigints.
    const version = ({ offset }: { readonly offset: number }) => BigInt(offset);
    const options = harness.options<Doc & { offset: number }>(index, { version });
    await (await harness.run(options)).write({ id: 'a', offset: 5 }, { id: 'a', offset: 3 }, { id: 'b', offset: -1 });
    expect(await harness.get(index, 'a')).toEqual({ version: 5, source: { offset: 5 } });
    expect(await harness.get(index, 'b')).toBeUndefined();
  });

  test('of the user: a stale update is not merged again', async () => {
    const index = await harness.index();
    type Change = Doc & { offset: number };
    const options = harness.options<Change>(index, {
      version: ({ offset }) => offset,
      action: 'update',
      document: ({ set }) => set as object,
    });
    const changes: Change[] = [
      { id: 'a', offset: 1, set: { x: 1 } },
      { id: 'a', offset: 2, set: { y: 1 } },
      { id: 'a', offset: 3, set: { x: 2 } },
    ];
    await (await harness.run(options)).write(...changes);
    const replay = await harness.run(options, 2);
    await replay.write(changes[0] as Change);
    expect((await harness.get(index, 'a'))?.source).toEqual({ x: 2, y: 1 });
    await replay.write(changes[1] as Change, changes[2] as Change, { id: 'a', offset: 4, set: { z: 1 } });
    expect(await harness.get(index, 'a')).toEqual({ version: 4, source: { x: 2, y: 1, z: 1 } });
  });

  test('go on where one block ends', async () => {
    const index = await harness.index();
    const uid = 'blocks';
    const floor = 2 ** 53 - 2 ** 21 - 1;
    const run = await harness.run(harness.options(index, { versionFloor: floor }), 1, { uid });
    await run.write({ id: 'a', n: 1 });
    expect((await harness.get(index, 'a'))?.version).toBe(floor);
    await harness.run(harness.options(index), 2, { uid });
    await expect(harness.run(harness.options(index), 3, { uid })).rejects.toMatchObject({
      code: 'SLUICE_ELASTICSEARCH_VERSIONS_USED_UP',
    });
  });
});
