import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineSink, defineSource, SluiceError, type Source } from '@sluice/connector-sdk';
import { filter, firstValueFrom, map, retry } from 'rxjs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  aggregate,
  arraySource,
  boundedOutOfOrderness,
  type CheckpointStorage,
  callbackSink,
  countOf,
  createJob,
  fileCheckpoints,
  fixedDelay,
  fromSource,
  type JobEvent,
  type JobOptions,
  keyBy,
  memoryCheckpoints,
  scanByKey,
  to,
  tumbling,
  union,
  windowBy,
  withTimestamps,
} from '../index.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'sluice-lifecycle-'));
  folders.push(made);
  return made;
};

/** Counts up for ever, a few numbers every millisecond. */
function ticking(): Source<number> {
  return defineSource({
    name: 'ticking',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'only', split: undefined }],
    open: async (context) => ({
      async *read(_split: unknown, position: number | undefined) {
        for (let next = position ?? 0; ; next += 3) {
          const from = next;
          yield { values: [from, from + 1, from + 2], positionAfter: (index: number) => from + index + 1 };
          await context.clock.sleep(1, context.signal);
        }
      },
      close: async () => {},
    }),
  });
}

/** A running number for each element under one key: what it emits tells where the state stood. */
function counting(name: string, options: JobOptions, uid = 'count', source: Source<number> = ticking()) {
  const out: { readonly n: number; readonly count: number }[] = [];
  const flow = fromSource(source).pipe(
    keyBy(() => 'all'),
    scanByKey(
      (seen: { n: number; count: number }, n: number) => ({ n, count: seen.count + 1 }),
      () => ({ n: -1, count: 0 }),
      { uid },
    ),
    map((k) => k.value),
    to(callbackSink((value) => void out.push(value))),
  );
  return { job: createJob(name, flow, options), out };
}

const completed = (events: import('rxjs').Observable<JobEvent>, least = 1) =>
  firstValueFrom(events.pipe(filter((event) => event.type === 'checkpointCompleted' && event.checkpoint >= least)));
const every = (storage: CheckpointStorage) => ({ checkpoints: { interval: '20ms', storage } as const });

describe('the life of a job', () => {
  it('is suspended by unsubscribing and goes on from the newest checkpoint', async () => {
    const storage = fileCheckpoints(await folder());
    const first = counting('suspended', every(storage));
    const subscription = first.job.subscribe();
    await completed(first.job.events, 3);
    subscription.unsubscribe();
    const second = counting('suspended', every(storage));
    const again = second.job.subscribe();
    await completed(second.job.events);
    again.unsubscribe();
    const start = second.out[0];
    expect(start?.count).toBe((start?.n ?? 0) + 1);
    expect(start?.n).toBeGreaterThan(0);
    expect(start?.n).toBeLessThanOrEqual(first.out.length);
    for (const { n, count } of second.out) expect(count).toBe(n + 1);
  });

  it('waits for the teardown of the last subscription, and refuses two at once', async () => {
    const { job, out } = counting('again', every(memoryCheckpoints()));
    const one = job.subscribe();
    await completed(job.events);
    let failure: unknown;
    job.subscribe({
      error: (error) => {
        failure = error;
      },
    });
    expect(failure).toMatchObject({ code: 'SLUICE_JOB_RUNNING' });
    one.unsubscribe();
    const two = job.subscribe();
    await completed(job.events, 4);
    two.unsubscribe();
    // What came after the last checkpoint comes again, with the same count.
    for (const { n, count } of out) expect(count).toBe(n + 1);
  });

  it('stops with a last checkpoint, and with a savepoint from which another job starts', async () => {
    const path = await folder();
    const first = counting('stopped', every(memoryCheckpoints()));
    const running = first.job.run();
    await completed(first.job.events);
    const savepoint = await first.job.stop({ savepoint: path });
    expect(await running).toMatchObject({ status: 'stopped', savepoint });
    if (savepoint === undefined) throw new Error('no savepoint');
    const second = counting('moved', { ...every(memoryCheckpoints()), startFrom: savepoint });
    const subscription = second.job.subscribe();
    await completed(second.job.events);
    subscription.unsubscribe();
    expect(second.out[0]).toEqual({ n: first.out.length, count: first.out.length + 1 });
  });

  it('takes savepoints while it runs, which stay when checkpoints go', async () => {
    const path = await folder();
    const { job, out } = counting('saved', every(memoryCheckpoints()));
    const subscription = job.subscribe();
    await completed(job.events);
    const savepoint = await job.savepoint(path);
    const other = await job.savepoint();
    expect(other.path).not.toBe(savepoint.path);
    await job.cancel({ deleteCheckpoints: true });
    subscription.unsubscribe();
    const second = counting('saved-again', { ...every(memoryCheckpoints()), startFrom: savepoint });
    const again = second.job.subscribe();
    await completed(second.job.events);
    again.unsubscribe();
    expect(second.out[0]?.count).toBeGreaterThan(1);
    expect(second.out[0]?.count).toBeLessThanOrEqual(out.length + 1);
  });

  it('cancels, and deletes checkpoints only when told so', async () => {
    const storage = memoryCheckpoints();
    const kept = counting('cancelled', every(storage));
    const run = kept.job.run();
    await completed(kept.job.events);
    await kept.job.cancel();
    expect((await run).status).toBe('cancelled');
    expect((await (await storage.inspect('cancelled')).list()).length).toBeGreaterThan(0);
    const next = counting('cancelled', every(storage));
    const rerun = next.job.run();
    await completed(next.job.events);
    await next.job.cancel({ deleteCheckpoints: true });
    await rerun;
    expect(await (await storage.inspect('cancelled')).list()).toEqual([]);
  });

  it('drains: windows fire before it stops', async () => {
    const out: number[] = [];
    const job = createJob(
      'drained',
      fromSource(ticking()).pipe(
        withTimestamps((n) => n, boundedOutOfOrderness(0)),
        keyBy(() => 'all'),
        windowBy(tumbling('1d')),
        aggregate(countOf()),
        map((r) => r.value),
        to(callbackSink((n) => void out.push(n))),
      ),
      every(memoryCheckpoints()),
    );
    const running = job.run();
    await completed(job.events);
    expect(out).toEqual([]);
    await job.stop({ drain: true });
    expect((await running).status).toBe('stopped');
    expect(out).toHaveLength(1);
  });

  it('restarts from the newest checkpoint as its strategy says, and tells', async () => {
    let failures = 0;
    const seen: number[] = [];
    const job = createJob(
      'restarting',
      fromSource(ticking()).pipe(
        map((n) => {
          if (n === 60 && failures++ < 2) throw new Error(`failure ${failures}`);
          return n;
        }),
        to(callbackSink((n) => void seen.push(n))),
      ),
      { ...every(memoryCheckpoints()), restart: fixedDelay({ attempts: 2, delay: 1 }) },
    );
    const events: JobEvent[] = [];
    job.events.subscribe((event) => events.push(event));
    const running = job.run();
    await firstValueFrom(job.events.pipe(filter((event) => event.type === 'checkpointCompleted' && seen.includes(80))));
    await job.stop();
    expect(await running).toMatchObject({ status: 'stopped', restarts: 2 });
    expect(events.filter(({ type }) => type === 'restarting')).toHaveLength(2);
    expect([...new Set(seen)]).toEqual(Array.from({ length: Math.max(...seen) + 1 }, (_, n) => n));
  });

  it('gives its failure to stock retry, which starts it again', async () => {
    let failures = 0;
    const { job, out } = counting(
      'retried',
      { ...every(memoryCheckpoints()), restart: fixedDelay({ attempts: 0 }) },
      'count',
      {
        ...ticking(),
        open: async (context) => {
          if (failures++ < 1) throw new Error('not yet');
          return ticking().open(context);
        },
      },
    );
    const subscription = job.pipe(retry({ count: 1 })).subscribe();
    await completed(job.events);
    subscription.unsubscribe();
    expect(out.length).toBeGreaterThan(0);
  });

  it('refuses a checkpoint that does not fit, and names the uids', async () => {
    const storage = memoryCheckpoints();
    const first = counting('refit', every(storage), 'old');
    const run = first.job.run();
    await completed(first.job.events);
    await first.job.stop();
    await run;
    await expect(counting('refit', every(storage), 'new').job.run()).rejects.toMatchObject({
      code: 'SLUICE_STATE_UNMATCHED',
      actual: expect.stringContaining('old'),
    });
  });

  it('reports progress of a bounded job, and draws itself', async () => {
    const { job } = counting('drawn', {}, 'count', ticking());
    expect(job.toMermaid()).toContain('hash');
    const subscription = job.subscribe();
    const event = await firstValueFrom(job.events.pipe(filter(({ type }) => type === 'progress')));
    expect(event).toMatchObject({ type: 'progress', fraction: undefined });
    subscription.unsubscribe();
  });

  it('answers clearly when it is not running', async () => {
    const { job } = counting('idle', {});
    await expect(job.stop()).rejects.toMatchObject({ code: 'SLUICE_JOB_NOT_RUNNING' });
    await expect(job.savepoint()).rejects.toMatchObject({ code: 'SLUICE_JOB_NOT_RUNNING' });
  });
});

describe('a sink whose check fails', () => {
  const checked = (error: unknown) => {
    let checks = 0;
    const sink = {
      ...callbackSink<number>(() => {}),
      async check() {
        if (++checks < 3) throw error;
      },
    };
    const options = { ...every(memoryCheckpoints()), restart: fixedDelay({ attempts: 5, delay: 1 }) };
    return { job: createJob('checked', fromSource(arraySource([1])).pipe(to(sink)), options), checks: () => checks };
  };
  const details = {
    code: 'SLUICE_OPTION',
    component: 'sink',
    expected: 'a table',
    actual: 'none',
    remedy: 'make one',
  } as const;

  it('ends the job at once: starting again finds the same', async () => {
    const { job, checks } = checked(new SluiceError(details));
    await expect(job.run()).rejects.toMatchObject({ code: 'SLUICE_OPTION' });
    expect(checks()).toBe(1);
  });

  it('is checked again when the error says that it may pass', async () => {
    const { job, checks } = checked(new SluiceError({ ...details, transient: true }));
    expect(await job.run()).toMatchObject({ status: 'finished', restarts: 2 });
    expect(checks()).toBe(3);
  });
});

describe('a union after a restore', () => {
  it('does not wait for the input that has nothing more to say', async () => {
    const storage = memoryCheckpoints();
    const quiet = (values: readonly number[]): Source<number> =>
      ({
        ...ticking(),
        name: 'quiet',
        open: async () => ({
          async *read(_split: unknown, position: unknown) {
            if (position === undefined) yield { values, positionAfter: () => 1 };
            await new Promise(() => {});
          },
          close: async () => {},
        }),
      }) as Source<number>;
    const counts = (out: number[]) => {
      const timed = (source: Source<number>) =>
        fromSource(source).pipe(withTimestamps((n) => n, boundedOutOfOrderness(0), { every: 0 }));
      return createJob(
        'union',
        union(timed(ticking()), timed(quiet([1_000_000]))).pipe(
          keyBy(() => 'all'),
          windowBy(tumbling(30)),
          aggregate(countOf()),
          map((result) => result.window.start),
          to(callbackSink((start) => void out.push(start))),
        ),
        every(storage),
      );
    };
    for (const round of [1, 2]) {
      const out: number[] = [];
      const job = counts(out);
      const subscription = job.subscribe();
      await vi.waitFor(() => expect(out.length, `windows in round ${round}`).toBeGreaterThan(2), { timeout: 60_000 });
      await completed(job.events);
      subscription.unsubscribe();
    }
  });
});

describe('a job that is suspended while a checkpoint is under way', () => {
  it('tells no failed checkpoint', async () => {
    const slow = defineSink<number>({
      name: 'slow',
      guarantee: 'at-least-once',
      open: async (context) => ({
        write: () => undefined,
        flush: () => context.clock.sleep(50, context.signal),
        close: async () => {},
      }),
    });
    // Never idle: the loop ends only after it has let others in.
    const busy: Source<number> = defineSource({
      ...ticking(),
      open: async () => ({
        async *read() {
          for (;;) yield { values: new Array<number>(10_000).fill(1), positionAfter: () => 1 };
        },
        close: async () => {},
      }),
    });
    const job = createJob('suspended-within', fromSource(busy).pipe(to(slow)), every(memoryCheckpoints()));
    const events: JobEvent[] = [];
    job.events.subscribe((event) => events.push(event));
    const aborter = new AbortController();
    const running = job.run({ signal: aborter.signal });
    await firstValueFrom(job.events.pipe(filter(({ type }) => type === 'started')));
    await new Promise((resolve) => setTimeout(resolve, 45));
    aborter.abort();
    expect((await running).status).toBe('suspended');
    expect(events.map(({ type }) => type)).not.toContain('checkpointFailed');
  });
});
