import { getEventListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSink, structuredCodec } from '@sluice/connector-sdk';
import { filter, firstValueFrom } from 'rxjs';
import { afterEach, describe, expect, it } from 'vitest';
import {
  arraySource,
  callbackSink,
  createJob,
  fileCheckpoints,
  fixedDelay,
  fromObservable,
  fromSource,
  type Job,
  keyBy,
  memoryCheckpoints,
  noRestart,
  type Source,
  scanByKey,
  to,
} from '../index.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'sluice-stopping-'));
  folders.push(made);
  return made;
};

const numbers = (length: number): number[] => Array.from({ length }, (_, n) => n);
const wait = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A bounded log that gives a batch every millisecond. */
function slow(items: readonly number[], batch = 1): Source<number> {
  return {
    specVersion: 1,
    name: 'slow',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async () => ({
      async *read(_split, position, signal) {
        for (let at = typeof position === 'number' ? position : 0; at < items.length; at += batch) {
          await wait(1);
          if (signal.aborted) return;
          const from = at;
          yield { values: items.slice(at, at + batch), positionAfter: (index) => from + index + 1 };
        }
      },
      close: async () => {},
    }),
  };
}

it('stops as soon as it has started, when stop is called right after run', async () => {
  const storage = memoryCheckpoints();
  const totals: number[] = [];
  const flow = () =>
    fromSource(slow(numbers(400))).pipe(
      keyBy(() => 'all'),
      scanByKey(
        (total: number, n) => total + n,
        () => 0,
        { uid: 'total' },
      ),
      to(callbackSink((row) => void totals.push(row.value))),
    );
  const first = createJob('totals', flow(), { checkpoints: { interval: '10s', storage } });
  const running = first.run();
  const savepoint = await first.stop({ savepoint: await folder() });
  expect((await running).status).toBe('stopped');
  if (savepoint === undefined) throw new Error('no savepoint');
  await createJob('totals', flow(), { checkpoints: { interval: '10s', storage }, startFrom: savepoint }).run();
  expect(totals.at(-1)).toBe((399 * 400) / 2);
});

it('knows where a drained batch was cut', async () => {
  const items = numbers(300);
  const out: number[] = [];
  let draining: Promise<unknown> | undefined;
  const sink = callbackSink<number>((n) => {
    out.push(n);
    if (n === 50) draining = job.stop({ drain: true });
    return n % 10 === 9 ? wait(1) : undefined;
  });
  const job: Job = createJob('drained', fromSource(slow(items, 100)).pipe(to(sink)), {
    checkpoints: { interval: '10s', storage: memoryCheckpoints() },
  });
  expect((await job.run()).status).toBe('stopped');
  await draining;
  expect(out.length).toBeLessThan(items.length);
  await job.run();
  expect(out).toEqual(items);
});

it('goes on when the place of the savepoint cannot be written', async () => {
  const file = import.meta.filename;
  const job = createJob('unwritable', fromSource(slow(numbers(300))).pipe(to(callbackSink(() => {}))), {
    checkpoints: { interval: '1s', storage: memoryCheckpoints() },
    restart: noRestart(),
  });
  const running = job.run();
  await expect(job.stop({ savepoint: join(file, 'nowhere') })).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_IO' });
  expect((await running).status).toBe('finished');
});

it('starts again when the last checkpoint of a stop fails', async () => {
  const storage = memoryCheckpoints();
  let flushes = 0;
  const sink = defineSink<number>({
    name: 'flaky',
    guarantee: 'at-least-once',
    async open() {
      return {
        write: () => undefined,
        async flush() {
          if (flushes++ === 0) throw new Error('no');
        },
        async close() {},
      };
    },
  });
  const job = createJob('flaky', fromSource(slow(numbers(40))).pipe(to(sink)), {
    checkpoints: { interval: '10s', storage, tolerableFailures: 3 },
    restart: fixedDelay({ attempts: 1, delay: 1 }),
  });
  const running = job.run();
  await expect(job.stop()).rejects.toMatchObject({ code: 'SLUICE_CHECKPOINT_FAILED' });
  expect(await running).toMatchObject({ status: 'finished', restarts: 1 });
});

it('releases what a start under way acquires when it is suspended meanwhile', async () => {
  const storage = fileCheckpoints(await folder());
  const out: number[] = [];
  const job = createJob('hasty', fromSource(slow(numbers(30))).pipe(to(callbackSink((n) => void out.push(n)))), {
    checkpoints: { interval: '5ms', storage },
    restart: noRestart(),
  });
  for (let pause = 0; pause < 8; pause++) {
    const subscription = job.subscribe();
    await wait(pause);
    subscription.unsubscribe();
  }
  expect((await job.run()).status).toBe('finished');
  expect(new Set(out)).toEqual(new Set(numbers(30)));
});

it('closes the reader of a source whose splits cannot be found', async () => {
  let closed = 0;
  const source: Source<number> = {
    ...slow([]),
    discover: async () => {
      throw new Error('no such topic');
    },
    open: async () => ({ async *read() {}, close: async () => void closed++ }),
  };
  const job = createJob('lost', fromSource(source).pipe(to(callbackSink(() => {}))));
  await expect(job.run()).rejects.toThrow('no such topic');
  expect(closed).toBe(1);
});

it('does not go back to where it started once a checkpoint is complete, though its commit failed', async () => {
  const visible: number[] = [];
  const prepared = new Map<number, number[]>();
  let serial = 0;
  let commits = 0;
  const sink = defineSink<number, number>({
    name: 'acknowledgement-lost',
    guarantee: 'transactional',
    committableCodec: structuredCodec<number>(),
    async open() {
      return {
        begin() {
          const rows: number[] = [];
          return {
            write: (n) => void rows.push(n),
            async prepare() {
              prepared.set(++serial, rows);
              return [serial];
            },
            async abort() {},
          };
        },
        async close() {},
      };
    },
    async openCommitter() {
      return {
        async recover(restored) {
          for (const id of prepared.keys()) if (!restored.includes(id)) prepared.delete(id);
        },
        async commit(id) {
          const rows = prepared.get(id);
          if (rows === undefined) return { status: 'alreadyCommitted', proof: 'its row' };
          prepared.delete(id);
          visible.push(...rows);
          if (++commits === 1) throw new Error('acknowledgement lost');
          return { status: 'committed' };
        },
        async close() {},
      };
    },
  });
  const job = createJob('scratch', fromSource(slow(numbers(40))).pipe(to(sink)), {
    checkpoints: { interval: '3ms', storage: memoryCheckpoints() },
    startFrom: 'scratch',
    restart: fixedDelay({ attempts: 5, delay: 1 }),
  });
  expect((await job.run()).restarts).toBe(1);
  expect(visible).toEqual(numbers(40));
});

it('leaves no listener on the signal it was run with', async () => {
  const { signal } = new AbortController();
  const job = createJob('signalled', fromSource(arraySource([1])).pipe(to(callbackSink(() => {}))));
  for (let run = 0; run < 3; run++) await job.run({ signal });
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});

it('asks no position of a batch without values', async () => {
  const asked: number[] = [];
  const positionAfter = (index: number): number => {
    asked.push(index);
    return 1;
  };
  const source: Source<number> = {
    ...slow([]),
    open: async () => ({
      async *read() {
        yield { values: [], positionAfter };
        yield { values: [1], positionAfter };
        yield { values: [], positionAfter };
      },
      close: async () => {},
    }),
  };
  const job = createJob('gaps', fromSource(source).pipe(to(callbackSink(() => {}))), {
    checkpoints: { interval: 1, storage: memoryCheckpoints() },
  });
  await job.run();
  expect(new Set(asked)).toEqual(new Set([0]));
});

it('deletes checkpoints when it is cancelled in the middle of one', async () => {
  const storage = memoryCheckpoints();
  const job = createJob('cancelled', fromSource(slow(numbers(10_000))).pipe(to(callbackSink(() => wait(1)))), {
    checkpoints: { interval: 1, storage },
  });
  const running = job.run();
  await firstValueFrom(job.events.pipe(filter(({ type }) => type === 'checkpointCompleted')));
  await job.cancel({ deleteCheckpoints: true });
  expect((await running).status).toBe('cancelled');
  expect(await (await storage.inspect('cancelled')).list()).toEqual([]);
});

/** A job that has failed once and starts again in an hour. */
async function waitingJob() {
  const storage = memoryCheckpoints();
  const sink = callbackSink<number>(async (n) => {
    await wait(1);
    if (n === 20) throw new Error('twenty');
  });
  const job = createJob('waiting', fromSource(slow(numbers(30))).pipe(to(sink)), {
    checkpoints: { interval: 2, storage },
    restart: fixedDelay({ attempts: 1, delay: '1h' }),
  });
  const running = job.run();
  await firstValueFrom(job.events.pipe(filter(({ type }) => type === 'restarting')));
  const list = async () => (await storage.inspect('waiting')).list();
  return { job, running, list };
}

it('stops while it waits to start again, and keeps the checkpoints that there are', async () => {
  const { job, running, list } = await waitingJob();
  const before = await list();
  expect(await job.stop()).toBe(undefined);
  expect(await running).toEqual({ status: 'stopped', restarts: 1 });
  expect(await list()).toEqual(before);
  expect(before).not.toEqual([]);
});

it.each([{ savepoint: true }, { drain: true }])(
  'does not stop with %j while it waits to start again',
  async (options) => {
    const { job, running } = await waitingJob();
    await expect(job.stop(options)).rejects.toMatchObject({
      code: 'SLUICE_JOB_NOT_RUNNING',
      actual: 'one that waits to be restarted',
    });
    await job.stop();
    expect((await running).status).toBe('stopped');
  },
);

it('deletes checkpoints when it is cancelled while it waits to start again', async () => {
  const { job, running, list } = await waitingJob();
  expect(await list()).not.toEqual([]);
  await job.cancel({ deleteCheckpoints: true });
  expect((await running).status).toBe('cancelled');
  expect(await list()).toEqual([]);
});

describe('an input that waits for ever and looks at no signal does not hold up the end', () => {
  async function* waiting(): AsyncGenerator<number> {
    yield 1;
    await new Promise(() => {});
  }
  const source: Source<number> = {
    ...slow([]),
    bounded: false,
    open: async () => ({
      async *read() {
        for await (const n of waiting()) yield { values: [n], positionAfter: () => n };
      },
      close: async () => {},
    }),
  };

  it.each([
    ['a source', fromSource(source)],
    ['an async iterable', fromObservable(waiting())],
  ])('%s', async (_name, input$) => {
    const job = createJob('endless', input$.pipe(to(callbackSink(() => {}))));
    const running = job.run();
    await firstValueFrom(job.events.pipe(filter(({ type }) => type === 'started')));
    await job.stop();
    expect((await running).status).toBe('stopped');
  });
});
