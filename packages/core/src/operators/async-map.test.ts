import { of, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  asyncMap,
  callbackSink,
  createJob,
  fromSource,
  memoryCheckpoints,
  type Rejected,
  sideOutput,
  to,
} from '../index.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);
const later = <T>(value: T, ms: number) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

async function run<R>(items: readonly number[], operator: ReturnType<typeof asyncMap<number, R>>): Promise<R[]> {
  const out: R[] = [];
  await createJob(
    'async',
    fromSource(arraySource(items)).pipe(operator, to(callbackSink((value) => void out.push(value)))),
  ).run();
  return out;
}

describe('asyncMap', () => {
  it('keeps the order of the input, with bounded concurrency', async () => {
    let underWay = 0;
    let most = 0;
    const out = await run(
      numbers(40),
      asyncMap(
        async (n) => {
          most = Math.max(most, ++underWay);
          await later(0, n % 5);
          underWay--;
          return n * 2;
        },
        { concurrency: 4 },
      ),
    );
    expect(out).toEqual(numbers(40).map((n) => n * 2));
    expect(most).toBe(4);
  });

  it('emits by completion when told so', async () => {
    const out = await run(
      [30, 1, 10],
      asyncMap((n) => later(n, n), { concurrency: 3, order: 'completion' }),
    );
    expect(out).toEqual([1, 10, 30]);
  });

  it('emits nothing for no input and completes', async () => {
    expect(
      await run(
        [],
        asyncMap((n) => later(n, 1), { concurrency: 1 }),
      ),
    ).toEqual([]);
  });

  it('tries again, and tells the attempt', async () => {
    const attempts: number[] = [];
    const out = await run(
      [7],
      asyncMap(
        async (n, { attempt }) => {
          attempts.push(attempt);
          if (attempt < 3) throw new Error('not yet');
          return n;
        },
        { concurrency: 1, retry: { attempts: 3, delay: 1 } },
      ),
    );
    expect(out).toEqual([7]);
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('fails the job, drops or sends on what fails for good', async () => {
    const odd = async (n: number): Promise<number> => {
      if (n % 2 === 1) throw new Error(`odd ${n}`);
      return n;
    };
    await expect(run([0, 1], asyncMap(odd, { concurrency: 2 }))).rejects.toThrow('odd 1');
    expect(await run(numbers(5), asyncMap(odd, { concurrency: 2, onError: 'skip' }))).toEqual([0, 2, 4]);
    const failed$ = sideOutput<Rejected<unknown>>('failed');
    const good: number[] = [];
    const bad: unknown[] = [];
    await createJob('bad', [
      fromSource(arraySource(numbers(4))).pipe(
        asyncMap(odd, { concurrency: 2, onError: failed$ }),
        to(callbackSink((n) => void good.push(n))),
      ),
      failed$.pipe(to(callbackSink(({ value }) => void bad.push(value)))),
    ]).run();
    expect([good, bad]).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('gives an attempt up after the timeout and aborts it', async () => {
    let aborted = false;
    const never = (_n: number, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<number>(() =>
        signal.addEventListener('abort', () => {
          aborted = true;
        }),
      );
    await expect(run([1], asyncMap(never, { concurrency: 1, timeout: 20 }))).rejects.toMatchObject({
      code: 'SLUICE_ASYNC_TIMEOUT',
    });
    expect(aborted).toBe(true);
  });

  it('submits again what was under way at the checkpoint', async () => {
    const storage = memoryCheckpoints();
    const calls: number[] = [];
    const out: number[] = [];
    let release = false;
    const job = createJob(
      'restore',
      fromSource(arraySource(numbers(6))).pipe(
        asyncMap(
          (n) => {
            calls.push(n);
            return n < 3 || release ? Promise.resolve(n) : new Promise<number>(() => {});
          },
          { concurrency: 2 },
        ),
        to(callbackSink((n) => void out.push(n))),
      ),
      { checkpoints: { interval: '10ms', storage } },
    );
    const subscription = job.subscribe();
    await new Promise<void>((resolve) =>
      job.events.subscribe((event) => event.type === 'checkpointCompleted' && event.checkpoint > 3 && resolve()),
    );
    subscription.unsubscribe();
    expect(out).toEqual([0, 1, 2]);
    expect(calls).toEqual([0, 1, 2, 3, 4]);
    release = true;
    await job.run();
    expect(out).toEqual(numbers(6));
    expect(calls.slice(5).sort()).toEqual([3, 4, 5]);
  });

  it('works on a plain Observable, outside a job', async () => {
    const out: number[] = [];
    await new Promise<void>((resolve) =>
      of(3, 4)
        .pipe(asyncMap((n) => later(n * n, 1), { concurrency: 1 }))
        .subscribe({ next: (n) => out.push(n), complete: resolve }),
    );
    expect(out).toEqual([9, 16]);
  });

  it('stops with its subscriber', async () => {
    const subject = new Subject<number>();
    const signals: AbortSignal[] = [];
    const subscription = subject
      .pipe(
        asyncMap(
          (_n, { signal }) => {
            signals.push(signal);
            return new Promise<number>(() => {});
          },
          { concurrency: 2 },
        ),
      )
      .subscribe();
    subject.next(1);
    subscription.unsubscribe();
    expect(signals[0]?.aborted).toBe(true);
  });

  it('refuses options that cannot be', () => {
    expect(() => asyncMap(async (n: number) => n, { concurrency: 0 })).toThrowError(/concurrency/);
    expect(() => asyncMap(async (n: number) => n, { concurrency: 1, timeout: -5 })).toThrowError(/timeout/);
  });
});
