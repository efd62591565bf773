import { catchError, delay, EMPTY, filter, map, merge, of, Subject, scan } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  callbackSink,
  createJob,
  fromObservable,
  fromSource,
  type JobEvent,
  keyBy,
  mapValues,
  memoryCheckpoints,
  to,
  union,
} from '../index.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('a job', () => {
  it('gives every element of a bounded source to the sink and finishes', async () => {
    const out: number[] = [];
    const events: JobEvent[] = [];
    const job = createJob(
      'plain',
      fromSource(arraySource(numbers(1000))).pipe(
        map((n) => n * 2),
        to(callbackSink((n) => void out.push(n))),
      ),
    );
    job.events.subscribe((event) => events.push(event));
    const result = await job.run();
    expect(result.status).toBe('finished');
    expect(out).toEqual(numbers(1000).map((n) => n * 2));
    expect(events[0]).toMatchObject({ type: 'started', restoredFrom: undefined });
    expect(events.at(-1)).toMatchObject({ type: 'finished' });
  });

  it('starts where its newest checkpoint ended: a finished job completes at once', async () => {
    const storage = memoryCheckpoints();
    const out: number[] = [];
    const job = createJob(
      'twice',
      fromSource(arraySource(numbers(10))).pipe(to(callbackSink((n) => void out.push(n)))),
      {
        checkpoints: { interval: '1s', storage },
      },
    );
    await job.run();
    expect((await job.run()).status).toBe('finished');
    expect(out).toEqual(numbers(10));
  });

  it('runs a stream that is used twice once', async () => {
    let calls = 0;
    const stream$ = fromSource(arraySource(numbers(5))).pipe(
      map((n) => {
        calls++;
        return n;
      }),
    );
    const left: number[] = [];
    const right: number[] = [];
    await createJob('diamond', [
      stream$.pipe(to(callbackSink((n) => void left.push(n)))),
      union(stream$, stream$.pipe(filter((n) => n > 2))).pipe(to(callbackSink((n) => void right.push(n)))),
    ]).run();
    expect(calls).toBe(5);
    expect(left).toEqual(numbers(5));
    expect(right.sort()).toEqual([0, 1, 2, 3, 3, 4, 4]);
  });

  it('fails with what a user function throws, whatever a stock operator makes of it', async () => {
    const job = createJob(
      'throws',
      fromSource(arraySource(numbers(5))).pipe(
        map((n) => {
          if (n === 3) throw new RangeError('three');
          return n;
        }),
        catchError(() => EMPTY),
        to(callbackSink(() => {})),
      ),
    );
    await expect(job.run()).rejects.toThrow('three');
  });

  it('fails with what a sink throws, whatever a stock operator makes of it', async () => {
    const job = createJob(
      'sink-throws',
      fromSource(arraySource(numbers(5))).pipe(
        map((n) => n),
        catchError(() => EMPTY),
        to(
          callbackSink((n) => {
            if (n === 2) throw new Error('fence');
          }),
        ),
      ),
    );
    await expect(job.run()).rejects.toThrow('fence');
  });

  it('keeps keys through stock operators and refuses one that was changed', async () => {
    const out: unknown[] = [];
    await createJob(
      'keys',
      fromSource(arraySource(numbers(4))).pipe(
        keyBy((n) => n % 2),
        map((k) => ({ ...k, value: k.value + 10 })),
        mapValues((value, key) => [key, value]),
        to(callbackSink((k) => void out.push([k.key, k.value]))),
      ),
    ).run();
    expect(out).toEqual([
      [0, [0, 10]],
      [1, [1, 11]],
      [0, [0, 12]],
      [1, [1, 13]],
    ]);
    const changed = createJob(
      'changed',
      fromSource(arraySource(numbers(4))).pipe(
        keyBy((n) => n % 2),
        map((k) => ({ ...k, key: 7 })),
        mapValues((v) => v),
        to(callbackSink(() => {})),
      ),
    );
    await expect(changed.run()).rejects.toMatchObject({ code: 'SLUICE_KEY_CHANGED' });
  });

  it('refuses stateful stock operators and plain Observables when checkpoints are on', () => {
    const checkpoints = { interval: '1s', storage: memoryCheckpoints() } as const;
    const source$ = fromSource(arraySource(numbers(4)));
    const sink = callbackSink<number>(() => {});
    expect(() =>
      createJob(
        'scan',
        source$.pipe(
          scan((a, b) => a + b, 0),
          to(sink),
        ),
        { checkpoints },
      ),
    ).toThrowError(/scan/);
    expect(() => createJob('merge', merge(source$, source$).pipe(to(sink)), { checkpoints })).toThrowError(/union/);
    expect(() => createJob('plain', of(1).pipe(to(sink)), { checkpoints })).toThrowError(/fromObservable/);
    expect(() => createJob('ok', fromObservable(of(1)).pipe(to(sink)), { checkpoints })).not.toThrow();
    expect(() =>
      createJob('exact', fromObservable(of(1)).pipe(to(sink)), { checkpoints, guarantee: 'exactly-once' }),
    ).toThrowError(/cannot be replayed/);
  });

  it('detects an emission outside the call of the input', async () => {
    const job = createJob('later', fromSource(arraySource(numbers(4))).pipe(delay(1), to(callbackSink(() => {}))), {
      checkpoints: { interval: '1s', storage: memoryCheckpoints() },
    });
    await expect(Promise.race([job.run(), new Promise((r) => setTimeout(r, 500))])).rejects.toMatchObject({
      code: 'SLUICE_ASYNC_EMISSION',
    });
  });
});

describe('a stream subscribed in place', () => {
  it('gives values in the same call', () => {
    const subject = new Subject<number>();
    const out: unknown[] = [];
    subject
      .pipe(
        keyBy((n) => n % 3),
        mapValues((n) => n * 2),
        map((k) => [k.key, k.value]),
      )
      .subscribe((v) => out.push(v));
    subject.next(4);
    expect(out).toEqual([[1, 8]]);
    subject.next(5);
    expect(out).toEqual([
      [1, 8],
      [2, 10],
    ]);
  });

  it('completes and fails as a stock Observable does', () => {
    const seen: string[] = [];
    of(1, 2)
      .pipe(keyBy((n) => n))
      .subscribe({ next: (k) => seen.push(`${k.key}`), complete: () => seen.push('done') });
    expect(seen).toEqual(['1', '2', 'done']);
    let failure: unknown;
    of(1)
      .pipe(
        keyBy(() => {
          throw new Error('no key');
        }),
      )
      .subscribe({
        error: (error) => {
          failure = error;
        },
      });
    expect(failure).toBeInstanceOf(Error);
  });
});
