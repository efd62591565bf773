import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  callbackSink,
  createJob,
  fromSource,
  keyBy,
  type LookupJoinOptions,
  lookupJoin,
  type Rejected,
  sideOutput,
  to,
} from '../index.js';
import { KeyIndex } from '../state/key-index.js';
import { type Lookup, LookupCache } from './lookup-cache.js';

interface Item {
  readonly id: string;
  readonly n: number;
}

const items = (...ids: readonly string[]): Item[] => ids.map((id, n) => ({ id, n }));
const keyed$ = (given: readonly Item[]) => fromSource(arraySource(given)).pipe(keyBy((item) => item.id));
const later = <T>(value: T, ms: number) => new Promise<T>((resolve) => setTimeout(resolve, ms, value));

async function run(
  given: readonly Item[],
  lookup: (key: string) => Promise<string>,
  options: Partial<LookupJoinOptions> = {},
): Promise<string[]> {
  const joined$ = keyed$(given).pipe(
    lookupJoin(lookup, { concurrency: 4, ...options }, (item, answer, { key }) => `${key}${item.n} ${answer}`),
  );
  return lastValueFrom(joined$.pipe(toArray()), { defaultValue: [] });
}

describe('lookupJoin', () => {
  it('gives each element what belongs to its key, in order of the input or of completion', async () => {
    const lookup = (key: string) => later(key.toUpperCase(), key === 'a' ? 20 : 1);
    expect(await run(items('a', 'b', 'a'), lookup)).toEqual(['a0 A', 'b1 B', 'a2 A']);
    expect(await run(items('a', 'b'), lookup, { order: 'completion' })).toEqual(['b1 B', 'a0 A']);
    expect(await run([], lookup)).toEqual([]);
  });

  it('asks for each element without a cache, once for each key with one', async () => {
    const asked: string[] = [];
    const lookup = async (key: string) => {
      asked.push(key);
      return key;
    };
    const given = items('a', 'b', 'a', 'b', 'a');
    await run(given, lookup);
    expect(asked).toHaveLength(5);
    asked.length = 0;
    expect(await run(given, lookup, { cache: { ttl: '1m', maxEntries: 10 } })).toHaveLength(5);
    expect(asked).toEqual(['a', 'b']);
  });

  it('tries again, gives up, and sends on the element itself', async () => {
    let calls = 0;
    const lookup = async (key: string) => {
      calls++;
      if (key === 'bad') throw new Error('no such row');
      return key;
    };
    const failed$ = sideOutput<Rejected<unknown>>('failed');
    const good: string[] = [];
    const bad: unknown[] = [];
    const options = { concurrency: 2, retry: { attempts: 3, delay: 1 }, onError: failed$ } as const;
    await createJob('lookup', [
      keyed$(items('a', 'bad')).pipe(
        lookupJoin(lookup, { ...options, cache: { ttl: 1_000, maxEntries: 5 } }, (item, row) => `${item.n}${row}`),
        to(callbackSink((value) => void good.push(value))),
      ),
      failed$.pipe(to(callbackSink(({ value, cause }) => void bad.push(value, String(cause))))),
    ]).run();
    expect([good, bad, calls]).toEqual([['0a'], [{ id: 'bad', n: 1 }, 'Error: no such row'], 4]);
  });

  it('fails with what the look-up or the projection throws', async () => {
    const refused = async (): Promise<string> => {
      throw new Error('refused');
    };
    await expect(run(items('a'), refused)).rejects.toThrow('refused');
    const thrown$ = keyed$(items('a')).pipe(
      lookupJoin(
        async () => 1,
        { concurrency: 1, onError: 'skip' },
        () => {
          throw new Error('in the projection');
        },
      ),
    );
    await expect(lastValueFrom(thrown$)).rejects.toThrow('in the projection');
  });

  it('gives up a call that takes too long', async () => {
    let aborted = 0;
    const lookup = (_key: string, { signal }: { readonly signal: AbortSignal }) =>
      new Promise<string>(() => signal.addEventListener('abort', () => aborted++));
    const hanging = run(items('a', 'a'), lookup as never, { timeout: 20, cache: { ttl: 1_000, maxEntries: 5 } });
    await expect(hanging).rejects.toMatchObject({ code: 'SLUICE_ASYNC_TIMEOUT' });
    expect(aborted).toBe(1);
  });

  it('refuses options that cannot be', () => {
    const join = (options: unknown) => () =>
      lookupJoin(
        async () => 1,
        options as LookupJoinOptions,
        () => 0,
      );
    expect(join(undefined)).toThrow('SLUICE_OPTION');
    expect(join({ concurrency: 0 })).toThrow(/lookupJoin.*concurrency/);
    expect(join({ concurrency: 1, cache: 5 })).toThrow(/cache.*an object/);
    expect(join({ concurrency: 1, cache: { ttl: 0, maxEntries: 1 } })).toThrow(/cache.ttl/);
    expect(join({ concurrency: 1, cache: { ttl: '1s', maxEntries: 1.5 } })).toThrow(/cache.maxEntries.*1.5/);
    expect(join({ concurrency: 1, cache: { maxEntries: 1 } })).toThrow('SLUICE_OPTION');
    expect(() => lookupJoin(undefined as never, { concurrency: 1 }, () => 0)).toThrow(/lookup.*a function/);
    expect(() => lookupJoin(async () => 1, { concurrency: 1 }, undefined as never)).toThrow(/project.*a function/);
  });
});

describe('the cache of lookupJoin', () => {
  const open = (lookup: Lookup, maxEntries = 2) => {
    const clock = { time: 0, now: () => clock.time, sleep: () => Promise.resolve() };
    const counts = { hits: 0, misses: 0 };
    const cache = new LookupCache(
      lookup,
      { ttl: 100, maxEntries },
      clock,
      new KeyIndex(128, 'test'),
      { add: () => void counts.hits++ },
      { add: () => void counts.misses++ },
    );
    const get = (key: unknown) => cache.get(key, new AbortController());
    return { cache, clock, counts, get };
  };

  it('keeps an answer for its time, of composite keys too', async () => {
    let calls = 0;
    const { clock, counts, get } = open(async () => ++calls);
    expect(await get(['a', 1])).toBe(1);
    clock.time = 99;
    expect(await get(['a', 1])).toBe(1);
    clock.time = 100;
    expect(await get(['a', 1])).toBe(2);
    expect(await get({ b: 1 })).toBe(3);
    expect(await get({ b: 1 })).toBe(3);
    expect(counts).toEqual({ hits: 2, misses: 3 });
  });

  it('forgets what has not been used for longest', async () => {
    const asked: unknown[] = [];
    const { get } = open(async (key) => void asked.push(key));
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) await get(key);
    expect(asked).toEqual(['a', 'b', 'c', 'b']);
  });

  it('lets those who come meanwhile wait for the same call, and keeps no failure', async () => {
    let calls = 0;
    const { get } = open(async () => {
      if (++calls === 1) throw new Error('once');
      return calls;
    });
    const both = await Promise.allSettled([get('a'), get('a')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toBe(1);
    expect(await get('a')).toBe(2);
  });

  it('takes a look-up that throws for one that fails', async () => {
    const { get } = open(() => {
      throw new Error('at once');
    });
    await expect(get('a')).rejects.toThrow('at once');
  });

  it('makes a new call for who asks after somebody has given up, and aborts when nobody waits', async () => {
    const signals: AbortSignal[] = [];
    const { cache } = open((_key, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const [first, second, third] = [new AbortController(), new AbortController(), new AbortController()];
    cache.get('a', first);
    cache.get('a', second);
    first.abort();
    cache.get('a', third);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    second.abort();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});
