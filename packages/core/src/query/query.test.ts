import { defineSource, type Source } from '@sluice/connector-sdk';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  aggregateByKey,
  callbackSink,
  countOf,
  createJob,
  fromSource,
  type Job,
  type JobOptions,
  keyBy,
  listState,
  mapState,
  memoryCheckpoints,
  processKeyed,
  reducingState,
  scanByKey,
  to,
  valueState,
  valueStateOf,
} from '../index.js';

interface Sale {
  readonly user: string;
  readonly amount: number;
}

/** Gives `items` one by one, then waits for ever. */
function endless<T>(items: readonly T[]): Source<T> {
  return defineSource({
    name: 'endless',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
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
};

const sales: readonly Sale[] = [
  { user: 'ann', amount: 1 },
  { user: 'bob', amount: 5 },
  { user: 'ann', amount: 2 },
];

function salesJob(options: JobOptions = {}, input: readonly Sale[] = sales): { job: Job; seen: () => Promise<void> } {
  let seen = 0;
  let told: () => void = () => {};
  const all = new Promise<void>((resolve) => {
    told = resolve;
  });
  const job = createJob(
    'sales',
    fromSource(endless(input)).pipe(
      keyBy((sale) => sale.user),
      processKeyed({
        uid: 'totals',
        state: shape,
        onElement(sale, { state }) {
          state.total.set(state.total.get() + sale.amount);
          state.last.set(sale);
          state.amounts.add(sale.amount);
          state.byAmount.set(sale.amount, sale.user);
          state.highest.add(sale.amount);
          return sale;
        },
      }),
      keyBy((sale) => sale.user),
      aggregateByKey(countOf(), { uid: 'counts' }),
      to(
        callbackSink(() => {
          if (++seen === input.length) told();
        }),
      ),
    ),
    options,
  );
  return { job, seen: () => all };
}

async function running<R>(job: Job, act: () => Promise<R>): Promise<R> {
  const ended = job.run();
  try {
    return await act();
  } finally {
    await job.cancel();
    await ended;
  }
}

const failure = (code: string, actual = expect.any(String)) => expect.objectContaining({ code, actual });

describe('job.query', () => {
  it('answers with the values of the descriptors, or with what a name keeps', async () => {
    const { job, seen } = salesJob();
    await running(job, async () => {
      await seen();
      const ann = await job.query('totals', shape, 'ann');
      expectTypeOf(ann.total).toEqualTypeOf<number>();
      expectTypeOf(ann.last).toEqualTypeOf<Sale | undefined>();
      expectTypeOf(ann.amounts).toEqualTypeOf<readonly number[]>();
      expectTypeOf(ann.byAmount).toEqualTypeOf<ReadonlyMap<number, string>>();
      expectTypeOf(ann.highest).toEqualTypeOf<number | undefined>();
      expect(ann).toEqual({
        total: 3,
        last: { user: 'ann', amount: 2 },
        amounts: [1, 2],
        byAmount: new Map([
          [1, 'ann'],
          [2, 'ann'],
        ]),
        highest: 2,
      });
      expect(await job.query('totals', 'total', 'bob')).toBe(5);
      expect(await job.query('counts', 'rolling', 'ann')).toBe(2);
      expect(await job.query('totals', 'total', 'nobody')).toBeUndefined();
      expect(await job.query('totals', shape, 'nobody')).toEqual({
        total: 0,
        last: undefined,
        amounts: [],
        byAmount: new Map(),
        highest: undefined,
      });
    });
  });

  it('gives copies: nothing that is done to them is done to the state', async () => {
    const { job, seen } = salesJob();
    await running(job, async () => {
      await seen();
      const first = await job.query('totals', shape, 'ann');
      (first.last as { amount: number }).amount = 99;
      (first.amounts as number[]).push(99);
      (first.byAmount as Map<number, string>).clear();
      expect(await job.query('totals', shape, 'ann')).toMatchObject({ last: { amount: 2 }, amounts: [1, 2] });
    });
  });

  it('live: several keys and operators between the same two elements', async () => {
    const { job, seen } = salesJob();
    await running(job, async () => {
      await seen();
      const [ann, bob, count] = await job.query([
        { uid: 'totals', state: shape, key: 'ann' },
        { uid: 'totals', state: 'total', key: 'bob' },
        { uid: 'counts', state: 'rolling', key: 'ann' },
      ]);
      expectTypeOf(ann.total).toEqualTypeOf<number>();
      expect([ann.total, bob, count]).toEqual([3, 5, 2]);
      expect(await job.query([])).toEqual([]);
    });
  });
});

/** Counts up for ever; each number goes to two operators, in one part of the graph. */
function ticking(): Source<number> {
  return defineSource({
    name: 'ticking',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async (context) => ({
      async *read(_split: unknown, position: number | undefined) {
        for (let next = position ?? 0; ; next += 50) {
          const from = next;
          yield {
            values: Array.from({ length: 50 }, (_, at) => from + at),
            positionAfter: (index: number) => from + index + 1,
          };
          await context.clock.sleep(1, context.signal);
        }
      },
      close: async () => {},
    }),
  });
}

describe('job.query as of a checkpoint', () => {
  it('is consistent over keys and operators, and answered when the checkpoint is complete', async () => {
    const numbers$ = fromSource(ticking()).pipe(keyBy((n) => n % 2));
    const count = (uid: string) =>
      numbers$.pipe(
        scanByKey(
          (total) => total + 1,
          () => 0,
          { uid },
        ),
        to(callbackSink(() => {})),
      );
    const checkpoints = { interval: '1h', storage: memoryCheckpoints() } as const;
    const job = createJob('two', [count('one'), count('other')], { checkpoints });
    const completed: number[] = [];
    job.events.subscribe((event) => event.type === 'checkpointCompleted' && completed.push(event.checkpoint));
    await running(job, async () => {
      for (let round = 1; round <= 3; round++) {
        const state = { rolling: valueStateOf(() => 0) };
        const queries = ['one', 'other'].flatMap((uid) => [0, 1].map((key) => ({ uid, state, key })));
        const answers = await job.query(queries, { consistency: 'checkpoint' });
        const [even = 0, odd = 0, otherEven, otherOdd] = answers.map(({ rolling }) => rolling);
        expect([otherEven, otherOdd]).toEqual([even, odd]);
        expect(even - odd).toBeOneOf([0, 1]);
        expect(completed).toHaveLength(round);
      }
    });
  });

  it('waits for one that succeeds', async () => {
    const storage = memoryCheckpoints();
    let failures = 0;
    const failing: typeof storage = {
      ...storage,
      async acquire(job, signal) {
        const lease = await storage.acquire(job, signal);
        const publish: typeof lease.publish = async (...args) => {
          if (++failures === 1) throw new Error('not this one');
          return lease.publish(...args);
        };
        return { ...lease, publish };
      },
    };
    const { job, seen } = salesJob({ checkpoints: { interval: '20ms', storage: failing, tolerableFailures: 3 } });
    await running(job, async () => {
      await seen();
      expect(await job.query('totals', 'total', 'ann', { consistency: 'checkpoint' })).toBe(3);
      expect(failures).toBeGreaterThan(1);
    });
  });

  it('ends with the run', async () => {
    const { job, seen } = salesJob();
    const ended = job.run();
    await seen();
    const asked = job.query('totals', 'total', 'ann', { consistency: 'checkpoint' });
    const refused = expect(asked).rejects.toEqual(failure('SLUICE_JOB_NOT_RUNNING'));
    await job.cancel();
    await refused;
    await ended;
  });
});

describe('job.query refuses', () => {
  it('what the job does not have', async () => {
    const { job, seen } = salesJob();
    await running(job, async () => {
      await seen();
      await expect(job.query('nobody', 'total', 'ann')).rejects.toEqual(failure('SLUICE_UNKNOWN_UID', "'nobody'"));
      await expect(job.query('totals', 'sum', 'ann')).rejects.toMatchObject({
        code: 'SLUICE_UNKNOWN_STATE',
        expected: "a state of operator 'totals': total, last, amounts, byAmount, highest",
      });
      const wrongKind = job.query('totals', { total: listState<number>() }, 'ann');
      await expect(wrongKind).rejects.toEqual(failure('SLUICE_UNKNOWN_STATE', "one of kind 'list'"));
      await expect(job.query('totals', 'total', new Map() as never)).rejects.toEqual(failure('SLUICE_KEY'));
      const unknown = job.query('totals', 'total', 'ann', { consistency: 'eventual' as never });
      await expect(unknown).rejects.toEqual(failure('SLUICE_OPTION', 'eventual'));
    });
  });

  it('a job that does not run', async () => {
    const { job } = salesJob();
    await expect(job.query('totals', 'total', 'ann')).rejects.toEqual(failure('SLUICE_JOB_NOT_RUNNING'));
  });
});

it('does not return what has expired, and does not keep alive what it reads', async () => {
  let now = 0;
  const clock = { now: () => now, sleep: (ms: number | string, signal?: AbortSignal) => sleepReally(ms, signal) };
  const ttl = { after: 100, refresh: 'readAndWrite' } as const;
  const timed = {
    value: valueState<number>({ ttl }),
    list: listState<number>({ ttl }),
    map: mapState<string, number>({ ttl }),
  };
  const job = createJob(
    'timed',
    fromSource(endless([1, 2])).pipe(
      keyBy(() => 'k'),
      processKeyed({
        uid: 'timed',
        state: timed,
        onElement(n, { state }) {
          if (n === 2) now = 60;
          if (n === 1) state.value.set(n);
          state.list.add(n);
          state.map.set(`${n}`, n);
        },
      }),
      to(callbackSink(() => {})),
    ),
    { clock: clock as never },
  );
  await running(job, async () => {
    await expect.poll(async () => (await job.query('timed', timed, 'k')).list).toEqual([1, 2]);
    now = 99;
    expect(await job.query('timed', timed, 'k')).toMatchObject({ value: 1, list: [1, 2] });
    now = 100;
    expect(await job.query('timed', timed, 'k')).toEqual({ value: undefined, list: [2], map: new Map([['2', 2]]) });
    now = 160;
    expect(await job.query('timed', timed, 'k')).toEqual({ value: undefined, list: [], map: new Map() });
  });
});

function sleepReally(ms: number | string, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.min(Number(ms), 20));
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
