import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSource, type Source } from '@sluice/connector-sdk';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import {
  aggregateByKey,
  aggregatingState,
  averageOf,
  boundedOutOfOrderness,
  type Clock,
  callbackSink,
  configure,
  copyState,
  countOf,
  createJob,
  dropState,
  fileCheckpoints,
  fromSource,
  type JobOptions,
  type Key,
  keyBy,
  listState,
  mapState,
  memoryCheckpoints,
  processKeyed,
  readSavepoint,
  reducingState,
  replaceState,
  type Savepoint,
  scanByKey,
  to,
  updateState,
  valueState,
  valueStateOf,
  withTimestamps,
  writeSavepoint,
} from '../index.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-read-savepoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Sale {
  readonly user: string;
  readonly amount: number;
  readonly at: number;
}

const sales: readonly Sale[] = [
  { user: 'ann', amount: 1, at: 1000 },
  { user: 'bob', amount: 5, at: 2000 },
  { user: 'ann', amount: 3, at: 3000 },
];

/** Gives `items` one by one, then waits for ever. */
function endless<T>(items: readonly T[]): Source<T> {
  return defineSource({
    name: 'endless',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: { of: 'items' } }],
    open: async (context) => ({
      async *read(_split: unknown, position: number | undefined) {
        for (let at = position ?? 0; at < items.length; at++)
          yield { values: [items[at] as T], positionAfter: () => at + 1 };
        await new Promise((resolve) => context.signal.addEventListener('abort', resolve));
      },
      close: async () => {},
    }),
  });
}

const shape = {
  total: valueStateOf(() => 0),
  last: valueState<Sale>(),
  amounts: listState<number>(),
  byAmount: mapState<number, string>(),
  highest: reducingState<number>((a, b) => Math.max(a, b)),
  mean: aggregatingState(averageOf<number>((n) => n)),
};

/** What the user `ann` has after all sales. */
const annsStates = {
  total: 4,
  last: sales[2],
  amounts: [1, 3],
  byAmount: new Map([
    [1, 'ann'],
    [3, 'ann'],
  ]),
  highest: 3,
  mean: 2,
};

interface Fired {
  readonly user: string;
  readonly timer: number;
}

function salesJob(input: readonly Sale[], options: JobOptions = {}) {
  const out: (Sale | Fired)[] = [];
  const sales$ = fromSource(endless(input)).pipe(
    configure({ uid: 'sales' }),
    withTimestamps((sale) => sale.at, boundedOutOfOrderness(0), { every: 0 }),
    keyBy((sale) => sale.user),
  );
  const totals$ = sales$.pipe(
    processKeyed({
      uid: 'totals',
      state: shape,
      onElement(sale, { state, timers }) {
        state.total.set(state.total.get() + sale.amount);
        state.last.set(sale);
        state.amounts.add(sale.amount);
        state.byAmount.set(sale.amount, sale.user);
        state.highest.add(sale.amount);
        state.mean.add(sale.amount);
        timers.event(sale.at + 10_000);
        return sale;
      },
      onTimer: (timer, { key }) => ({ user: key, timer }),
    }),
    to(
      callbackSink((value) => void out.push(value)),
      { uid: 'out' },
    ),
  );
  const counts$ = sales$.pipe(
    aggregateByKey(countOf(), { uid: 'counts' }),
    to(
      callbackSink(() => {}),
      { uid: 'sink 2' },
    ),
  );
  const sums$ = sales$.pipe(
    scanByKey(
      (sum, sale) => sum + sale.amount,
      () => 0,
      { uid: 'sums', ttl: '7d' },
    ),
    to(
      callbackSink(() => {}),
      { uid: 'sink 3' },
    ),
  );
  return { out, job: createJob('shop', [totals$, counts$, sums$], options) };
}

/** Runs a job until it has given as much, acts, and stops it with a savepoint. */
async function savepointOf(
  input: readonly Sale[],
  options: JobOptions = {},
  act: (job: ReturnType<typeof salesJob>['job']) => Promise<void> = async () => {},
): Promise<{ readonly savepoint: Savepoint; readonly out: readonly (Sale | Fired)[] }> {
  const { job, out } = salesJob(input, options);
  const ended = job.run();
  await expect.poll(() => out.filter((one) => 'amount' in one).length).toBe(input.length);
  await act(job);
  const savepoint = await job.stop({ savepoint: folder });
  await ended;
  return { savepoint: savepoint as Savepoint, out };
}

const failure = (code: string) => expect.objectContaining({ code });
const byKey = <E extends { readonly key: Key }>(entries: Iterable<E>): Map<Key, E> =>
  new Map([...entries].map((entry) => [entry.key, entry]));

describe('readSavepoint', () => {
  it('gives what each operator keeps, key by key', async () => {
    const { savepoint } = await savepointOf(sales);
    const contents = await readSavepoint(savepoint);
    expect(contents).toMatchObject({ job: 'shop', kind: 'savepoint', maxParallelism: 128, sources: ['sales'] });
    const totals = byKey(contents.keyed('totals', shape));
    expect([...totals.keys()].sort()).toEqual(['ann', 'bob']);
    const ann = totals.get('ann');
    expectTypeOf(ann?.state.amounts).toEqualTypeOf<readonly number[] | undefined>();
    expectTypeOf(ann?.state.total).toEqualTypeOf<number | undefined>();
    expect(ann).toEqual({ key: 'ann', state: annsStates, timers: { event: [11_000, 13_000], processing: [] } });
    expect(totals.get('bob')?.timers.event).toEqual([12_000]);
    const counts = byKey(contents.keyed('counts', { rolling: aggregatingState(countOf()) }));
    expect(counts.get('ann')?.state.rolling).toBe(2);
    const sums = byKey(contents.keyed('sums', { rolling: valueState<number>({ ttl: '7d' }) }));
    expect(sums.get('bob')?.state.rolling).toBe(5);
  });

  it('lists operators with their states, and positions of sources', async () => {
    const { savepoint } = await savepointOf(sales);
    const contents = await readSavepoint(savepoint.path);
    const totals = contents.operators.find(({ uid }) => uid === 'totals');
    expect(totals?.states.map(({ name, kind }) => [name, kind])).toEqual([
      ['total', 'value'],
      ['last', 'value'],
      ['amounts', 'list'],
      ['byAmount', 'map'],
      ['highest', 'value'],
      ['mean', 'aggregate'],
    ]);
    expect(totals?.bytes).toBeGreaterThan(100);
    const sums = contents.operators.find(({ uid }) => uid === 'sums');
    expect(sums?.states).toEqual([{ name: 'rolling', kind: 'value', ttl: true, codecVersion: 1 }]);
    expect(contents.splits('sales')).toEqual([{ id: 'only', split: { of: 'items' }, position: 3, finished: false }]);
  });

  it('needs only the states that are asked for', async () => {
    const { savepoint } = await savepointOf(sales);
    const contents = await readSavepoint(savepoint);
    const { total } = shape;
    expect(byKey(contents.keyed('totals', { total })).get('ann')?.state).toEqual({ total: 4 });
  });

  it("reads a job's checkpoints, the newest or one that is named", async () => {
    const storage = memoryCheckpoints();
    const { job, out } = salesJob(sales, { checkpoints: { interval: '1h', storage, retained: 2 } });
    const ended = job.run();
    await expect.poll(() => out.length).toBe(3);
    await job.query('totals', 'total', 'ann', { consistency: 'checkpoint' });
    await job.query('totals', 'total', 'ann', { consistency: 'checkpoint' });
    await job.cancel();
    await ended;
    const newest = await readSavepoint({ path: 'shop', storage });
    expect(newest.checkpoint).toBe(2);
    const older = await readSavepoint({ path: 'shop', storage }, { checkpoint: 1 });
    expect(older.checkpoint).toBe(1);
    expect(byKey(older.keyed('totals', shape)).get('ann')?.state).toEqual(annsStates);
    const missing = readSavepoint({ path: 'shop', storage }, { checkpoint: 9 });
    await expect(missing).rejects.toEqual(failure('SLUICE_SAVEPOINT'));
  });

  it('refuses what is not there, and descriptors of another kind', async () => {
    const { savepoint } = await savepointOf(sales);
    const contents = await readSavepoint(savepoint);
    expect(() => contents.keyed('nobody', shape)).toThrow(failure('SLUICE_UNKNOWN_UID'));
    expect(() => contents.splits('nobody')).toThrow(failure('SLUICE_UNKNOWN_UID'));
    const wrong = contents.keyed('totals', { total: listState<number>() });
    expect(() => [...wrong]).toThrow(failure('SLUICE_STATE_VERSION'));
    await expect(readSavepoint(join(folder, 'nowhere'))).rejects.toEqual(failure('SLUICE_SAVEPOINT'));
  });
});

describe('writeSavepoint', () => {
  const path = () => join(folder, 'written');

  it('takes everything over that is not named, and a job goes on from there exactly', async () => {
    const { savepoint } = await savepointOf(sales);
    const startFrom = await writeSavepoint(path(), { from: await readSavepoint(savepoint) });
    const more = [...sales, { user: 'ann', amount: 10, at: 30_000 }];
    const { job, out } = salesJob(more, { startFrom });
    const ended = job.run();
    await expect.poll(() => out.length).toBe(4);
    // The timers of before fire when the first new element brings the watermark.
    expect(out).toEqual([
      more[3],
      { user: 'ann', timer: 11_000 },
      { user: 'bob', timer: 12_000 },
      { user: 'ann', timer: 13_000 },
    ]);
    expect(await job.query('totals', { total: shape.total, mean: shape.mean }, 'ann')).toEqual({
      total: 14,
      mean: 14 / 3,
    });
    expect(await job.query('counts', 'rolling', 'ann')).toBe(3);
    await job.cancel();
    await ended;
  });

  it('updates states through their handles, and leaves all others as they are', async () => {
    const { savepoint } = await savepointOf(sales);
    const seen: Key[] = [];
    const startFrom = await writeSavepoint(path(), {
      from: await readSavepoint(savepoint),
      operators: {
        totals: updateState({ total: shape.total }, ({ key, state, timers }) => {
          seen.push(key);
          state.total.set(state.total.get() * 100);
          timers.processing(1);
          timers.deleteEvent(11_000);
        }),
      },
    });
    expect(seen.sort()).toEqual(['ann', 'bob']);
    const totals = byKey((await readSavepoint(startFrom)).keyed('totals', shape));
    expect(totals.get('ann')).toEqual({
      key: 'ann',
      state: { ...annsStates, total: 400 },
      timers: { event: [13_000], processing: [1] },
    });
  });

  it('forgets a key under which nothing is left', async () => {
    const { savepoint } = await savepointOf(sales);
    const startFrom = await writeSavepoint(path(), {
      from: await readSavepoint(savepoint),
      operators: {
        totals: updateState(shape, ({ key, state, timers }) => {
          if (key !== 'bob') return;
          for (const handle of Object.values(state)) handle.clear();
          timers.deleteEvent(12_000);
        }),
      },
    });
    const totals = byKey((await readSavepoint(startFrom)).keyed('totals', shape));
    expect([...totals.keys()]).toEqual(['ann']);
  });

  it('what is read can be written again, under another shape', async () => {
    const { savepoint } = await savepointOf(sales);
    const from = await readSavepoint(savepoint);
    const renamed = { sum: valueState<bigint>(), seen: listState<string>() };
    async function* entries() {
      for (const { key, state, timers } of from.keyed('totals', shape))
        yield { key, state: { sum: BigInt(state.total), seen: state.byAmount.values() }, timers };
    }
    const startFrom = await writeSavepoint(path(), { from, operators: { totals: replaceState(renamed, entries()) } });
    const written = byKey((await readSavepoint(startFrom)).keyed('totals', renamed));
    expect(written.get('ann')).toEqual({
      key: 'ann',
      state: { sum: 4n, seen: ['ann', 'ann'] },
      timers: { event: [11_000, 13_000], processing: [] },
    });
  });

  it('from scratch: state and timers that a new job begins with', async () => {
    const startFrom = await writeSavepoint(path(), {
      operators: {
        totals: replaceState(shape, [
          {
            key: 'ann',
            state: { total: 7, amounts: [7], byAmount: new Map([[7, 'x']]), highest: [2, 7, 3], mean: [4, 10] },
            timers: { event: [500] },
          },
          { key: 'eve', state: { total: 1 } },
        ]),
        counts: replaceState({ rolling: aggregatingState(countOf()) }, [{ key: 'ann', state: { rolling: [0, 0] } }]),
        sums: replaceState({ rolling: valueState<number>() }, [{ key: 'ann', state: { rolling: 7 } }]),
      },
    });
    const { job, out } = salesJob(sales, { startFrom });
    const ended = job.run();
    await expect.poll(() => out.length).toBe(4);
    expect(out).toContainEqual({ user: 'ann', timer: 500 });
    expect(await job.query('totals', shape, 'ann')).toEqual({
      total: 11,
      last: sales[2],
      amounts: [7, 1, 3],
      byAmount: new Map([
        [7, 'x'],
        [1, 'ann'],
        [3, 'ann'],
      ]),
      highest: 7,
      mean: 18 / 4,
    });
    expect(await job.query('totals', 'total', 'eve')).toBe(1);
    expect(await job.query('counts', 'rolling', 'ann')).toBe(4);
    expect(await job.query('sums', 'rolling', 'ann')).toBe(11);
    await job.cancel();
    await ended;
  });

  it('drops operators, and begins a source anew', async () => {
    const { savepoint } = await savepointOf(sales);
    const operators = { totals: dropState(), sales: dropState() };
    const startFrom = await writeSavepoint(path(), { from: await readSavepoint(savepoint), operators });
    const contents = await readSavepoint(startFrom);
    expect(contents.sources).toEqual([]);
    expect(contents.operators.map(({ uid }) => uid)).not.toContain('totals');
    const { job, out } = salesJob(sales, { startFrom });
    const ended = job.run();
    await expect.poll(() => out.length).toBe(3);
    expect(await job.query('totals', 'total', 'ann')).toBe(4);
    expect(await job.query('counts', 'rolling', 'ann')).toBe(4);
    await job.cancel();
    await ended;
  });

  it('copies an operator to another uid', async () => {
    const { savepoint } = await savepointOf(sales);
    const from = await readSavepoint(savepoint);
    const operators = { renamed: copyState(from, 'totals'), totals: dropState() };
    const contents = await readSavepoint(await writeSavepoint(path(), { from, operators }));
    expect(byKey(contents.keyed('renamed', shape)).get('ann')?.state).toEqual(annsStates);
    expect(() => copyState(from, 'nobody')).toThrow(failure('SLUICE_UNKNOWN_UID'));
    const other = writeSavepoint(join(folder, 'other'), {
      maxParallelism: 4,
      operators: { a: copyState(from, 'totals') },
    });
    await expect(other).rejects.toEqual(failure('SLUICE_MAX_PARALLELISM'));
  });

  it('into a checkpoint storage, under a name', async () => {
    const storage = memoryCheckpoints();
    const operators = { totals: replaceState({ total: valueState<number>() }, [{ key: 'ann', state: { total: 1 } }]) };
    const savepoint = await writeSavepoint({ path: 'first', storage }, { operators, maxParallelism: 8 });
    const contents = await readSavepoint(savepoint);
    expect(contents).toMatchObject({ kind: 'savepoint', maxParallelism: 8, checkpoint: 1 });
    await expect(writeSavepoint(savepoint, { operators })).rejects.toEqual(failure('SLUICE_SAVEPOINT'));
  });

  it('writes nothing when the draft cannot be', async () => {
    const state = { total: valueState<number>() };
    const drafts = [
      [{ operators: { a: updateState(state, () => {}) } }, 'SLUICE_UNKNOWN_UID'],
      [{ operators: { a: {} as never } }, 'SLUICE_OPTION'],
      [{ from: {} as never }, 'SLUICE_OPTION'],
      [{ maxParallelism: 0 }, 'SLUICE_OPTION'],
      [{ operators: { a: replaceState(state, [{ key: new Map(), state: {} }]) } }, 'SLUICE_KEY'],
    ] as const;
    for (const [draft, code] of drafts) {
      await expect(writeSavepoint(path(), draft)).rejects.toEqual(failure(code));
      await expect(readSavepoint(path())).rejects.toEqual(failure('SLUICE_SAVEPOINT'));
    }
  });

  it('types: states are those of the shape', () => {
    const state = { total: valueState<number>(), names: mapState<string, number>() };
    // @ts-expect-error a number is kept
    replaceState(state, [{ key: 'a', state: { total: 'x' } }]);
    // @ts-expect-error a map is made of pairs
    replaceState(state, [{ key: 'a', state: { names: [1] } }]);
    // @ts-expect-error there is no such state
    replaceState(state, [{ key: 'a', state: { sum: 1 } }]);
    updateState(state, (entry) => {
      expectTypeOf(entry.state.total.get()).toEqualTypeOf<number | undefined>();
    });
  });
});

describe('time to live in savepoints', () => {
  const clockAt = (now: number): Clock => ({ now: () => now, sleep: async () => {} });
  const timed = {
    value: valueState<number>({ ttl: 100 }),
    list: listState<number>({ ttl: 100 }),
    event: valueState<number>({ ttl: { after: 100, time: 'event' } }),
  };
  const write = (path: string, now: number) =>
    writeSavepoint(path, {
      operators: { timed: replaceState(timed, [{ key: 'a', state: { value: 1, list: [1, 2], event: 3 } }]) },
      clock: clockAt(now),
    });

  it('what has expired is not read; by event time, the time of the operator counts', async () => {
    const savepoint = await write(join(folder, 'a'), 1000);
    const at = async (now: number) => [
      ...(await readSavepoint(savepoint, { clock: clockAt(now) })).keyed('timed', timed),
    ];
    expect((await at(1099))[0]?.state).toEqual({ value: 1, list: [1, 2], event: 3 });
    expect((await at(1100))[0]?.state).toEqual({ value: undefined, list: [], event: 3 });
    const { value, list } = timed;
    const contents = await readSavepoint(savepoint, { clock: clockAt(1100) });
    expect([...contents.keyed('timed', { value, list })]).toEqual([]);
  });

  it('an update keeps the time of what it does not touch', async () => {
    const savepoint = await write(join(folder, 'a'), 1000);
    const changed = await writeSavepoint(join(folder, 'b'), {
      from: await readSavepoint(savepoint),
      operators: { timed: updateState({ value: timed.value }, ({ state }) => state.value.set(9)) },
      clock: clockAt(1050),
    });
    const contents = await readSavepoint(changed, { clock: clockAt(1100) });
    expect([...contents.keyed('timed', timed)][0]?.state).toEqual({ value: 9, list: [], event: 3 });
  });
});

it('many keys are decoded a part at a time', async () => {
  const { rows } = { rows: Array.from({ length: 20_000 }, (_, n) => ({ key: n, state: { n } })) };
  const state = { n: valueState<number>() };
  const savepoint = await writeSavepoint(join(folder, 'many'), { operators: { many: replaceState(state, rows) } });
  const entries = (await readSavepoint(savepoint)).keyed('many', state);
  let sum = 0;
  for (const { state: kept } of entries) sum += kept.n ?? 0;
  expect(sum).toBe((20_000 * 19_999) / 2);
  // Each iteration begins anew, and may be left.
  for (const { key } of entries) {
    expect(typeof key).toBe('number');
    break;
  }
  expect([...entries]).toHaveLength(20_000);
});

it('fileCheckpoints: the checkpoint of a job in its folder', async () => {
  const storage = fileCheckpoints(folder);
  const { job, out } = salesJob(sales, { checkpoints: { interval: '1h', storage } });
  const ended = job.run();
  await expect.poll(() => out.length).toBe(3);
  await job.query('totals', 'total', 'ann', { consistency: 'checkpoint' });
  const contents = await readSavepoint({ path: 'shop', storage });
  expect(byKey(contents.keyed('totals', shape)).get('ann')?.state).toEqual(annsStates);
  await job.cancel();
  await ended;
});
