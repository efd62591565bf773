import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import type { PluginContext } from '@sluice/connector-sdk';
import { concat, interval, Observable, of, range, repeat, Subject, throwError } from 'rxjs';
import { describe, expect, it } from 'vitest';
import type { Overflow } from '../graph/node.js';
import {
  callbackSink,
  createJob,
  exponentialDelay,
  fixedDelay,
  fromObservable,
  memoryCheckpoints,
  noRestart,
  to,
} from '../index.js';
import { countingMetrics } from './counting-metrics.js';
import { observableSource } from './observable-source.js';
import { silentLogger } from './plugin-context.js';

interface Reported {
  readonly event: string;
  readonly fields: unknown;
}

function contextOf() {
  const metrics = countingMetrics();
  const reported: Reported[] = [];
  let now = 0;
  const context = {
    job: 'job',
    uid: 'source',
    subtask: 0,
    parallelism: 1,
    epoch: 1,
    incarnation: 'i',
    durable: false,
    signal: new AbortController().signal,
    logger: silentLogger,
    metrics,
    report: (event: string, fields: unknown) => void reported.push({ event, fields }),
    clock: { now: () => now, sleep: async () => {} },
  } satisfies PluginContext;
  const dropped = () => metrics.read().get('sluice_observable_dropped_total');
  return { context, reported, dropped, pass: (ms: number) => (now += ms) };
}

async function reading(input: unknown, buffer = 3, overflow: Overflow = 'fail') {
  const { context, ...rest } = contextOf();
  const stop = new AbortController();
  const reader = await observableSource(input, buffer, overflow).open(context);
  const batches = reader.read({ id: '', split: undefined }, undefined, stop.signal)[Symbol.asyncIterator]();
  const next = async () => (await batches.next()).value?.values as unknown[] | undefined;
  const all = async () => {
    const values: unknown[] = [];
    for (let batch = await next(); batch !== undefined; batch = await next()) values.push(...batch);
    return values;
  };
  return { ...rest, stop, next, all, end: () => batches.return?.() };
}

describe('an Observable whose buffer is full', () => {
  it('fails by default, and one that emits without end is stopped', async () => {
    const { all } = await reading(of(1).pipe(repeat()));
    await expect(all()).rejects.toMatchObject({ code: 'SLUICE_BUFFER_OVERFLOW' });
  });

  it.each([
    ['dropOldest', [8, 9, 10]],
    ['dropNewest', [1, 2, 3]],
  ] as const)('with %s gives %j; drops are counted and reported', async (overflow, values) => {
    const { all, dropped, reported } = await reading(range(1, 10), 3, overflow);
    expect(await all()).toEqual(values);
    expect(dropped()).toBe(7);
    expect(reported).toEqual([
      { event: 'elementsDropped', fields: { overflow, elements: 1 } },
      { event: 'elementsDropped', fields: { overflow, elements: 6 } },
    ]);
  });

  it('reports drops once a second', async () => {
    const input = new Subject<number>();
    const { next, reported, pass } = await reading(input, 1, 'dropOldest');
    const first = next();
    input.next(0);
    await first;
    for (let second = 0; second < 3; second++) {
      for (let n = 0; n < 5; n++) input.next(n);
      pass(1_000);
    }
    expect(reported.map(({ fields }) => (fields as { elements: number }).elements)).toEqual([1, 4, 5]);
  });

  it('holds as many elements as the buffer, however many came', async () => {
    for (const size of [1, 2, 7]) {
      const { all } = await reading(range(0, 1_000), size, 'dropOldest');
      expect(await all()).toEqual(Array.from({ length: size }, (_, i) => 1_000 - size + i));
    }
  });
});

describe('an Observable', () => {
  it('that fails fails the reading', async () => {
    const { all } = await reading(throwError(() => new Error('broken')));
    await expect(all()).rejects.toThrow('broken');
  });

  it('that fails gives first what came before, and so does an iterable', async () => {
    const failing = function* () {
      yield* [1, 2];
      throw new Error('boom');
    };
    const failed = throwError(() => new Error('boom'));
    for (const input of [concat(of(1, 2), failed), failing()]) {
      const { next } = await reading(input);
      expect(await next()).toEqual([1, 2]);
      await expect(next()).rejects.toThrow('boom');
    }
  });

  it('is unsubscribed when the run ends', async () => {
    let subscribed = 0;
    const { next, stop } = await reading(
      new Observable<number>((subscriber) => {
        subscribed++;
        subscriber.next(1);
        return () => subscribed--;
      }),
    );
    expect(await next()).toEqual([1]);
    const waiting = next();
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(subscribed).toBe(0);
  });
});

describe('an async iterable', () => {
  async function* count(to: number, pulled: number[] = []) {
    for (let n = 0; n < to; n++) {
      pulled.push(n);
      yield n;
    }
  }

  it.each(['fail', 'block'] as const)('with %s waits for the job: it is pulled', async (overflow) => {
    const pulled: number[] = [];
    const { next, end } = await reading(count(100, pulled), 1, overflow);
    expect(await next()).toEqual([0]);
    await turn();
    expect(pulled).toEqual([0]);
    await end();
  });

  it('reads ahead and drops when that is asked for', async () => {
    const { next, all, dropped } = await reading(count(100), 3, 'dropOldest');
    const first = await next();
    for (let i = 0; i < 200; i++) await Promise.resolve();
    expect([...(first ?? []), ...(await all())].at(-1)).toBe(99);
    expect(dropped()).toBeGreaterThan(90);
  });

  it('that throws fails the reading', async () => {
    const { all } = await reading(
      (async function* () {
        yield 1;
        throw new Error('broken');
      })(),
    );
    await expect(all()).rejects.toThrow('broken');
  });

  it('of its own iterator is not taken for ended by a second run', async () => {
    const numbers = count(10);
    const first = await reading(numbers);
    await first.next();
    await first.end();
    await expect(reading(numbers)).rejects.toMatchObject({ code: 'SLUICE_INPUT_SPENT' });
  });

  it('that makes an iterator for each run is read again', async () => {
    const numbers = { [Symbol.asyncIterator]: () => count(3) };
    for (let run = 0; run < 2; run++) expect(await (await reading(numbers)).all()).toEqual([0, 1, 2]);
  });
});

describe('a Readable', () => {
  it('in object mode gives its objects, in batches of what is at hand', async () => {
    const stream = new Readable({ objectMode: true, highWaterMark: 100, read() {} });
    for (let n = 0; n < 50; n++) stream.push({ n });
    stream.push(null);
    const { next, all } = await reading(stream, 1, 'block');
    expect((await next())?.length).toBeGreaterThan(1);
    await all();
    expect(stream.destroyed).toBe(true);
  });

  it('gives every object once, in order', async () => {
    const { all } = await reading(Readable.from(Array.from({ length: 5_000 }, (_, n) => n)));
    expect(await all()).toEqual(Array.from({ length: 5_000 }, (_, n) => n));
  });

  it('gives its chunks', async () => {
    const stream = new Readable({ read() {} });
    stream.push('hello ');
    stream.push('world');
    stream.push(null);
    const { all } = await reading(stream);
    expect(Buffer.concat((await all()) as Buffer[]).toString()).toBe('hello world');
  });

  it('is not read further than its own buffer while the job is busy', async () => {
    let pushed = 0;
    const stream = new Readable({
      objectMode: true,
      highWaterMark: 4,
      read() {
        this.push(pushed++);
      },
    });
    const { next, end } = await reading(stream, 1, 'block');
    await next();
    for (let i = 0; i < 50; i++) await turn();
    const before = pushed;
    for (let i = 0; i < 50; i++) await turn();
    expect(pushed).toBe(before);
    await end();
  });

  it('that fails, or is closed before its end, fails the reading', async () => {
    const failing = new Readable({ read: () => failing.destroy(new Error('broken')) });
    await expect((await reading(failing)).all()).rejects.toThrow('broken');
    const closing = new Readable({ read: () => closing.destroy() });
    await expect((await reading(closing)).all()).rejects.toThrow('Premature close');
  });

  it('is destroyed when the run ends, also while it waits', async () => {
    const stream = new Readable({ objectMode: true, read() {} });
    const { next, stop } = await reading(stream);
    const waiting = next();
    await turn();
    stop.abort();
    expect(await waiting).toBeUndefined();
    expect(stream.destroyed).toBe(true);
  });

  it('that drops reads ahead, and is destroyed', async () => {
    const stream = Readable.from(Array.from({ length: 100 }, (_, n) => n));
    const { all } = await reading(stream, 3, 'dropOldest');
    expect((await all()).at(-1)).toBe(99);
    expect(stream.destroyed).toBe(true);
  });
});

describe('a job from an input that cannot be replayed', () => {
  it('is at-most-once, and says why', () => {
    const job = createJob('plain', fromObservable(interval(1)).pipe(to(callbackSink(() => {}))), {
      checkpoints: { interval: '1s', storage: memoryCheckpoints() },
    });
    expect(job.guarantee).toMatchObject({ level: 'at-most-once', reasons: [{}, {}] });
    expect(() =>
      createJob('plain', fromObservable(of(1)).pipe(to(callbackSink(() => {}))), { guarantee: 'at-least-once' }),
    ).toThrow('SLUICE_GUARANTEE');
  });

  it('fails with the error of its input, and events tell of drops', async () => {
    const failing = createJob(
      'failing',
      fromObservable(throwError(() => new Error('broken'))).pipe(to(callbackSink(() => {}))),
      {
        restart: noRestart(),
      },
    );
    await expect(failing.run()).rejects.toThrow('broken');
    const got: number[] = [];
    const dropping = createJob(
      'dropping',
      fromObservable(range(0, 100), { buffer: 10, overflow: 'dropNewest' }).pipe(
        to(callbackSink((n: number) => void got.push(n))),
      ),
    );
    const told: unknown[] = [];
    dropping.events.subscribe((event) => {
      if (event.type === 'reported') told.push(event.fields);
    });
    await dropping.run();
    expect(got).toEqual(Array.from({ length: 10 }, (_, n) => n));
    expect(told).toEqual([
      { overflow: 'dropNewest', elements: 1 },
      { overflow: 'dropNewest', elements: 89 },
    ]);
  });

  it('that restarts in the middle of a Subject goes on with what the Subject gives from then on', async () => {
    const numbers = new Subject<number>();
    const got: number[] = [];
    const sink = callbackSink((n: number) => {
      if (n === 5) throw new Error('once');
      got.push(n);
    });
    const job = createJob('restarting', fromObservable(numbers).pipe(to(sink)), {
      restart: fixedDelay({ attempts: 1, delay: 200 }),
    });
    const result = job.run();
    for (const n of [1, 5]) {
      await expect.poll(() => numbers.observed).toBe(true);
      numbers.next(n);
    }
    await expect.poll(() => numbers.observed).toBe(false);
    await expect.poll(() => numbers.observed).toBe(true);
    numbers.next(9);
    numbers.complete();
    expect(await result).toMatchObject({ status: 'finished', restarts: 1 });
    expect(got).toEqual([1, 9]);
  });

  it('that restarts in the middle of a Readable fails and does not end as if it were whole', async () => {
    let failed = false;
    const sink = callbackSink((n: number) => {
      if (n !== 5 || failed) return;
      failed = true;
      throw new Error('once');
    });
    const job = createJob(
      'restarting',
      fromObservable(Readable.from([1, 5, 9]) as AsyncIterable<number>).pipe(to(sink)),
      {
        restart: exponentialDelay({ initial: 1, max: 2, attempts: 2 } as never),
      },
    );
    await expect(job.run()).rejects.toMatchObject({ code: 'SLUICE_INPUT_SPENT' });
  });
});
