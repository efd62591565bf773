import {
  bufferCount,
  catchError,
  combineLatestWith,
  concatMap,
  concatWith,
  count,
  debounceTime,
  defaultIfEmpty,
  defer,
  delay,
  distinct,
  EMPTY,
  filter,
  finalize,
  groupBy,
  type MonoTypeOperatorFunction,
  map,
  max,
  merge,
  mergeMap,
  mergeWith,
  Observable,
  type OperatorFunction,
  of,
  pairwise,
  reduce,
  repeat,
  retry,
  Subject,
  scan,
  skipWhile,
  startWith,
  switchMap,
  take,
  takeUntil,
  takeWhile,
  tap,
  toArray,
  withLatestFrom,
  zipWith,
} from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  asyncMap,
  callbackSink,
  createJob,
  DataStream,
  fromSource,
  type Keyed,
  keyBy,
  memoryCheckpoints,
  monotonousTimestamps,
  noRestart,
  to,
  withTimestamps,
} from '../index.js';

const numbers = (length: number) => Array.from({ length }, (_, index) => index);
const source$ = (items: readonly number[] = numbers(6)) => fromSource(arraySource(items));
const checkpointed = () => ({ checkpoints: { interval: '1s', storage: memoryCheckpoints() } }) as const;

/** What reaches the sink of a checkpointed job, with timestamps. */
async function run<R>(operator: OperatorFunction<number, R>, items?: readonly number[]): Promise<[R, number][]> {
  const out: [R, number][] = [];
  const flow = source$(items).pipe(
    withTimestamps((n) => n * 10, monotonousTimestamps(), { every: 0 }),
    operator,
    to(callbackSink((value: R, timestamp) => void out.push([value, timestamp]))),
  );
  await createJob('bridge', flow, checkpointed()).run();
  return out;
}

describe('stock operators in a job', () => {
  it('give a DataStream', () => {
    expect(source$().pipe(map((n) => n))).toBeInstanceOf(DataStream);
    expect(
      source$().pipe(
        map((n) => n),
        filter(Boolean),
        tap(),
      ),
    ).toBeInstanceOf(DataStream);
  });

  it('give each output the timestamp of the input being processed', async () => {
    expect(await run(mergeMap((n) => (n % 2 === 1 ? [n, -n] : [])))).toEqual([
      [1, 10],
      [-1, 10],
      [3, 30],
      [-3, 30],
      [5, 50],
      [-5, 50],
    ]);
    expect(
      await run(
        concatMap((n) => of(n)),
        [7],
      ),
    ).toEqual([[7, 70]]);
    expect(
      await run(
        switchMap((n) => of(n)),
        [7],
      ),
    ).toEqual([[7, 70]]);
  });

  it('emit what they hold at the end before the final watermark', async () => {
    expect(
      (
        await run(
          (s$) =>
            s$.pipe(
              filter(() => false),
              defaultIfEmpty(-1),
            ),
          [1, 2],
        )
      ).map(([value]) => value),
    ).toEqual([-1]);
  });

  it('see every value of a run of them through one bridge', async () => {
    const seen: number[] = [];
    const out = await run((s$) =>
      s$.pipe(
        tap((n) => seen.push(n)),
        filter((n) => n > 2),
        map((n) => `${n}`),
      ),
    );
    expect(out.map(([value]) => value)).toEqual(['3', '4', '5']);
    expect(seen).toEqual(numbers(6));
  });

  it('call a function as RxJS does: with the index, and as a method of thisArg', async () => {
    const scale = { by: 100 };
    const scaled = map(function (this: typeof scale, n: number, index: number) {
      return n * this.by + index;
    }, scale);
    expect((await run(scaled, [5, 6, 7])).map(([value]) => value)).toEqual([500, 601, 702]);
  });

  it('see every value where they subscribe what comes behind them themselves', async () => {
    expect(
      await run(
        finalize(() => {}),
        [1, 2],
      ),
    ).toEqual([
      [1, 10],
      [2, 20],
    ]);
  });
});

describe('stock operators that tell of an end', () => {
  it.each([
    ['finalize', (ended: () => void) => finalize<number>(ended)],
    ['tap', (ended: () => void) => tap<number>({ finalize: ended })],
  ])('%s tells once, and not that the pipe was looked at', async (_, operator) => {
    let ends = 0;
    await run(
      operator(() => {
        ends++;
      }),
      [1, 2],
    );
    expect(ends).toBe(1);
  });
});

describe('stock operators that a checkpointed job refuses', () => {
  const other$ = source$();
  const never$ = new Subject<number>();
  const refused: Readonly<Record<string, OperatorFunction<number, unknown>>> = {
    'scan or reduce': scan((a: number, b) => a + b, 0),
    reduce: reduce((a: number, b) => a + b, 0),
    count: count(),
    max: max(),
    toArray: toArray(),
    distinct: distinct(),
    pairwise: pairwise(),
    bufferCount: bufferCount(2),
    groupBy: groupBy((n) => n),
    take: take(2),
    takeWhile: takeWhile((n) => n < 3),
    takeUntil: takeUntil(never$),
    skipWhile: skipWhile((n) => n < 3),
    debounceTime: debounceTime(5),
    repeat: repeat(2),
    mergeWith: mergeWith(other$),
    concatWith: concatWith(other$),
    zipWith: zipWith(other$),
    combineLatestWith: combineLatestWith(other$),
    withLatestFrom: withLatestFrom(other$),
  };

  it.each(Object.keys(refused))('%s, naming its counterpart', (name) => {
    const operator = refused[name] as MonoTypeOperatorFunction<number>;
    const flow = source$().pipe(operator, to(callbackSink(() => {})));
    let failure: unknown;
    try {
      createJob('refused', flow, checkpointed());
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: 'SLUICE_STOCK_OPERATOR', remedy: expect.stringMatching(/^use .+/) });
    expect(() => createJob('free', flow)).not.toThrow();
  });

  it('lets those pass that keep nothing', () => {
    const flow = source$().pipe(
      map((n) => n),
      filter(Boolean),
      tap(),
      startWith(0),
      mergeMap((n) => [n]),
      catchError(() => EMPTY),
      to(callbackSink(() => {})),
    );
    expect(() => createJob('passes', flow, checkpointed())).not.toThrow();
  });

  it.each([
    ['merge', merge(source$(), source$())],
    ['defer', defer(() => source$())],
    ['a plain Observable', of(1)],
  ])('%s as an input', (_name, plain$) => {
    expect(() =>
      createJob(
        'plain',
        plain$.pipe(
          keyBy((n) => n),
          to(callbackSink(() => {})),
        ),
        checkpointed(),
      ),
    ).toThrowError(/fromObservable/);
  });
});

describe('what a checkpointed job detects while it runs', () => {
  const failing = (operator: OperatorFunction<number, unknown>) =>
    createJob('failing', source$().pipe(operator, to(callbackSink(() => {}))), checkpointed()).run();

  it('an emission outside the call of its input', async () => {
    await expect(failing(delay(1))).rejects.toMatchObject({
      code: 'SLUICE_ASYNC_EMISSION',
      actual: expect.stringContaining('checkpoint'),
    });
    await expect(failing(mergeMap((n) => Promise.resolve(n)))).rejects.toMatchObject({ code: 'SLUICE_ASYNC_EMISSION' });
  });

  it('a stream subscribed while a task is processing', async () => {
    await expect(failing(mergeMap(() => source$()))).rejects.toMatchObject({ code: 'SLUICE_NESTED_STREAM' });
    await expect(
      failing((s$) =>
        s$.pipe(
          switchMap(() => source$()),
          catchError(() => of(0)),
        ),
      ),
    ).rejects.toMatchObject({ code: 'SLUICE_NESTED_STREAM' });
  });

  it.each<[string, MonoTypeOperatorFunction<number>]>([
    ['catchError', catchError(() => of(0))],
    ['retry', retry(3)],
    [
      'catchError behind another',
      (s$) =>
        s$.pipe(
          map((n) => n),
          catchError(() => EMPTY),
          map((n) => n),
        ),
    ],
  ])('errors of user functions that %s would swallow', async (_name, swallow) => {
    const broken = map((n: number) => {
      if (n === 2) throw new RangeError('two');
      return n;
    });
    const { job } = once((s$) => s$.pipe(broken, swallow));
    await expect(job.run()).rejects.toThrow('two');
  });

  it('errors of sinks, whatever stock operators make of them', async () => {
    const sink = callbackSink(() => {
      throw new Error('fenced');
    });
    const flow = source$().pipe(
      map((n) => n),
      catchError(() => EMPTY),
      to(sink),
    );
    const { restart } = once((s$) => s$);
    await expect(createJob('fenced', flow, { ...checkpointed(), restart }).run()).rejects.toThrow('fenced');
  });

  function once(operator: MonoTypeOperatorFunction<number>) {
    const restart = noRestart();
    return {
      restart,
      job: createJob('once', source$().pipe(operator, to(callbackSink(() => {}))), { ...checkpointed(), restart }),
    };
  }
});

describe('stock operators outside a checkpointed job', () => {
  it('are free: in place', () => {
    const out: unknown[] = [];
    of(1, 2, 3)
      .pipe(
        keyBy((n) => n % 2),
        scan((sum, k) => sum + k.value, 0),
      )
      .subscribe((value) => out.push(value));
    expect(out).toEqual([1, 3, 6]);
    const again: number[] = [];
    of(1)
      .pipe(
        keyBy((n) => n),
        map((k) => k.value),
        repeat(2),
      )
      .subscribe((value) => again.push(value));
    expect(again).toEqual([1, 1]);
  });

  it('may emit later, between operators of ours', async () => {
    const out: number[] = [];
    await new Promise<void>((resolve) => {
      of(1, 2)
        .pipe(
          withTimestamps((n) => n, monotonousTimestamps()),
          delay(2),
          asyncMap(async (n) => n * 10, { concurrency: 2 }),
        )
        .subscribe({ next: (n) => out.push(n), complete: resolve });
    });
    expect(out).toEqual([10, 20]);
  });

  it('are given Keyed objects behind keyBy', () => {
    let seen: Keyed<number, number> | undefined;
    new Observable<number>((subscriber) => subscriber.next(5)).pipe(keyBy((n) => n % 2)).subscribe((k) => {
      seen = k;
    });
    expect(seen).toMatchObject({ key: 1, value: 5, '~sluice': 'keyed' });
  });
});
