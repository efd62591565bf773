import { map, of, range, Subject, take, tap, throwError } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import {
  aggregate,
  arraySource,
  asyncMap,
  boundedOutOfOrderness,
  callbackSink,
  countOf,
  fromObservable,
  fromSource,
  keyBy,
  scanByKey,
  sideOutput,
  to,
  tumbling,
  union,
  windowBy,
  withTimestamps,
} from '../index.js';

describe('a stream run in place', () => {
  it('fires processing-time windows although nothing comes any more', async () => {
    const clicks$ = new Subject<string>();
    const rows: unknown[] = [];
    const subscription = clicks$
      .pipe(
        keyBy((user) => user),
        windowBy(tumbling(400, { time: 'processing' })),
        aggregate(countOf()),
        map((r) => [r.key, r.value]),
      )
      .subscribe((row) => rows.push(row));
    await new Promise((resolve) => setTimeout(resolve, 5));
    // All three in one window: right behind the beginning of one.
    await vi.waitFor(() => expect(Date.now() % 400).toBeLessThan(100), { interval: 1, timeout: 60_000 });
    for (const user of ['ann', 'bob', 'ann']) clicks$.next(user);
    expect(rows).toEqual([]);
    await vi.waitFor(
      () =>
        expect(rows).toEqual([
          ['ann', 2],
          ['bob', 1],
        ]),
      { timeout: 10_000 },
    );
    subscription.unsubscribe();
  });

  it('closes event-time windows when the input completes', () => {
    const rows: unknown[] = [];
    let completed = false;
    of(1, 12, 5, 25)
      .pipe(
        withTimestamps((n) => n, boundedOutOfOrderness(10)),
        keyBy((n) => n % 2),
        windowBy(tumbling(10)),
        aggregate(countOf()),
      )
      .subscribe({
        next: (r) => rows.push([r.key, r.window.start, r.value]),
        complete: () => {
          completed = true;
        },
      });
    expect(rows).toEqual([
      [1, 0, 2],
      [0, 10, 1],
      [1, 20, 1],
    ]);
    expect(completed).toBe(true);
  });

  it('takes values that come while it is processing afterwards, in order', () => {
    const input$ = new Subject<number>();
    const seen: number[] = [];
    input$
      .pipe(
        keyBy((n) => n),
        map((k) => k.value),
      )
      .subscribe((n) => {
        if (n < 3) input$.next(n + 1);
        seen.push(n);
      });
    input$.next(1);
    return vi.waitFor(() => expect(seen).toEqual([1, 2, 3]));
  });

  it('waits with values while an operator is full', async () => {
    const input$ = new Subject<number>();
    const out: number[] = [];
    const done = new Promise<void>((resolve) => {
      input$
        .pipe(asyncMap(async (n) => n, { concurrency: 1 }))
        .subscribe({ next: (n) => out.push(n), complete: resolve });
    });
    for (let n = 0; n < 100; n++) input$.next(n);
    input$.complete();
    await done;
    expect(out).toEqual(Array.from({ length: 100 }, (_, n) => n));
  });

  it('fails when more wait than its buffer holds', async () => {
    const input$ = new Subject<number>();
    const failed = new Promise((resolve) => {
      fromObservable(input$, { buffer: 3 })
        .pipe(asyncMap(() => new Promise<number>(() => {}), { concurrency: 1 }))
        .subscribe({ error: resolve });
    });
    for (let n = 0; n < 10; n++) input$.next(n);
    expect(await failed).toMatchObject({ code: 'SLUICE_BUFFER_OVERFLOW' });
  });

  it('passes the error of its input on, and stops', () => {
    const failures: unknown[] = [];
    throwError(() => new Error('input'))
      .pipe(keyBy((n) => `${n}`))
      .subscribe({ error: (error) => failures.push(error) });
    expect(failures).toEqual([new Error('input')]);
  });

  it('reads sources and writes sinks', async () => {
    const out: number[] = [];
    await new Promise<void>((resolve, reject) => {
      fromSource(arraySource([1, 2, 3]))
        .pipe(to(callbackSink((n) => void out.push(n))))
        .subscribe({ complete: resolve, error: reject });
    });
    expect(out).toEqual([1, 2, 3]);
  });

  it('gives each subscriber a run of its own', async () => {
    let reads = 0;
    const stream$ = fromSource(arraySource([1])).pipe(
      keyBy((n) => {
        reads++;
        return n;
      }),
    );
    await Promise.all([1, 2].map(() => new Promise<void>((resolve) => stream$.subscribe({ complete: resolve }))));
    expect(reads).toBe(2);
  });

  it('stops with its subscriber', () => {
    const input$ = new Subject<number>();
    const subscription = input$.pipe(keyBy((n) => n)).subscribe();
    expect(input$.observed).toBe(true);
    subscription.unsubscribe();
    expect(input$.observed).toBe(false);
  });

  it('stops an input that emits without end in the call that subscribes it', () => {
    let pulled = 0;
    const seen: number[] = [];
    range(0, 100_000)
      .pipe(
        tap(() => pulled++),
        keyBy((n) => n % 2),
        take(3),
      )
      .subscribe(({ value }) => seen.push(value));
    expect([seen, pulled]).toEqual([[0, 1, 2], 3]);
  });

  it('takes in what a handler sends back, in the same call', () => {
    const input$ = new Subject<number>();
    const seen: number[] = [];
    const running$ = input$.pipe(
      keyBy(() => 'all'),
      scanByKey(
        (total: number, n) => total + n,
        () => 0,
      ),
    );
    running$.subscribe(({ value }) => {
      seen.push(value);
      if (value < 5) input$.next(1);
    });
    input$.next(1);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('completes a union when all inputs have', () => {
    const [left$, right$] = [new Subject<number>(), new Subject<number>()];
    let completed = false;
    const seen: number[] = [];
    union(left$, right$).subscribe({
      next: (n) => seen.push(n),
      complete: () => {
        completed = true;
      },
    });
    left$.next(1);
    left$.complete();
    right$.next(2);
    expect(completed).toBe(false);
    right$.complete();
    expect([seen, completed]).toEqual([[1, 2], true]);
  });

  it('gives a side output to whoever subscribes both in one flow', () => {
    const late$ = sideOutput<number>('late');
    const counts$ = of(20, 1, 30).pipe(
      withTimestamps((n) => n, boundedOutOfOrderness(0), { every: 0 }),
      keyBy(() => 'all'),
      windowBy(tumbling(10), { late: late$ }),
      aggregate(countOf()),
      map((r) => `${r.window.start}:${r.value}`),
    );
    const seen: unknown[] = [];
    union(counts$, late$.pipe(map((n) => `late ${n}`))).subscribe((value) => seen.push(value));
    expect(seen).toEqual(['late 1', '20:1', '30:1']);
  });
});
