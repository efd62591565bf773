import {
  arraySource,
  asOfJoin,
  boundedOutOfOrderness,
  callbackSink,
  coGroup,
  createJob,
  type DataStream,
  fromSource,
  intervalJoin,
  keyBy,
  lookupJoin,
  sliding,
  to,
  tumbling,
  windowJoin,
  withTimestamps,
} from '@sluice/core';
import { assertRestorable, marbles } from '@sluice/testing';
import { filter, lastValueFrom, map, type Observable, of, Subject, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';

interface Event {
  readonly side: 'left' | 'right';
  readonly key: string;
  readonly at: number;
}

/** Out of order by up to 6, late now and then. */
const events: readonly Event[] = Array.from({ length: 24 }, (_, n) => ({
  side: n % 3 === 0 ? 'left' : 'right',
  key: 'ab'[n % 2] as string,
  at: n * 2 + ((n * 7) % 6) - (n % 11 === 10 ? 15 : 0),
}));

/** Both sides of one input; a watermark after each element, so that it does not depend on pauses what is late. */
const sides = (input: DataStream<Event>) => {
  const timed$ = input.pipe(withTimestamps((event) => event.at, boundedOutOfOrderness(4), { every: 0 }));
  const side = (name: Event['side']) =>
    timed$.pipe(
      filter((event) => event.side === name),
      keyBy((event) => [event.key, name.length > 0]),
    );
  return [side('left'), side('right')] as const;
};
const text = (left: Event | undefined, right: Event | undefined, timestamp: number) =>
  `${left?.at ?? '-'} ${right?.at ?? '-'} @ ${timestamp}`;

describe('joins are restored at every place of their input', { timeout: 180_000 }, () => {
  it.each(['inner', 'left', 'right', 'full'] as const)('intervalJoin and windowJoin, %s', async (kind) => {
    await assertRestorable((input: DataStream<Event>) => {
      const [left$, right$] = sides(input);
      return left$.pipe(
        intervalJoin(right$, { within: [-3, 5], kind }, (l, r, { timestamp }) => text(l, r, timestamp)),
      );
    }, events);
    await assertRestorable((input: DataStream<Event>) => {
      const [left$, right$] = sides(input);
      return left$.pipe(
        windowJoin(right$, { window: sliding(8, 4), kind }, (l, r, { timestamp }) => text(l, r, timestamp)),
      );
    }, events);
  });

  it('coGroup', async () => {
    await assertRestorable((input: DataStream<Event>) => {
      const [left$, right$] = sides(input);
      return left$.pipe(
        coGroup(right$, { window: tumbling(10) }, (ls, rs) => [`${ls.map((l) => l.at)}|${rs.map((r) => r.at)}`]),
      );
    }, events);
  });

  it('asOfJoin', async () => {
    await assertRestorable((input: DataStream<Event>) => {
      const [left$, right$] = sides(input);
      const options = { tolerance: 9, ttl: { after: 30, time: 'event' } } as const;
      return left$.pipe(asOfJoin(right$, options, (l, r, { timestamp }) => text(l, r, timestamp)));
    }, events);
  });

  it('lookupJoin', async () => {
    await assertRestorable(
      (input: DataStream<Event>) =>
        sides(input)[0].pipe(
          lookupJoin(
            async ([key]) => key,
            { concurrency: 2, cache: { ttl: '1m', maxEntries: 1 } },
            (left, right, { timestamp }) => `${right} ${left.at} @ ${timestamp}`,
          ),
        ),
      events,
    );
  });
});

describe('joins in a pipeline', () => {
  it('give pairs when they come and what is left over with the watermark', async () => {
    await marbles(({ source, expectStream }) => {
      const left$ = source('     a-b----W---|').pipe(keyBy(() => 1));
      const right$ = source('    -x-----W---|').pipe(keyBy(() => 1));
      const joined$ = left$.pipe(
        intervalJoin(right$, { within: [-1, 1], kind: 'left' }, (l, r) => (r === undefined ? l : `${l}${r}`)),
      );
      expectStream(joined$).toBe('-pq--------|', { p: 'ax', q: 'bx' });
    });
  });

  it('take the watermark of both sides, that of an idle one left out', async () => {
    await marbles(({ source, expectStream }) => {
      const left$ = source('   a----W----|').pipe(keyBy(() => 1));
      const right$ = source('  ---I------|').pipe(keyBy(() => 1));
      const joined$ = left$.pipe(
        windowJoin(right$, { window: tumbling(4), kind: 'left' }, (l, r) => `${l}${r ?? '-'}`),
      );
      expectStream(joined$).toBe('-----q----|', { q: 'a-' });
    });
  });

  it('join a stream with itself', async () => {
    const numbers$ = fromSource(arraySource([1, 2, 3])).pipe(
      withTimestamps((n) => n, boundedOutOfOrderness(0)),
      keyBy(() => 'all'),
    );
    const after$ = numbers$.pipe(intervalJoin(numbers$, { within: [1, 1] }, (one, next) => `${one}${next}`));
    expect(await lastValueFrom(after$.pipe(toArray()))).toEqual(['12', '23']);
    const job: string[] = [];
    await createJob('self', after$.pipe(to(callbackSink((value) => void job.push(value))))).run();
    expect(job).toEqual(['12', '23']);
  });

  it('work in place on plain Observables, with stock operators before and behind', async () => {
    const left = new Subject<{ at: number }>();
    const right = new Subject<{ at: number }>();
    const keyed = (items: Observable<{ at: number }>) =>
      items.pipe(
        withTimestamps((item) => item.at, boundedOutOfOrderness(0)),
        keyBy(() => 'k'),
        map((keyed) => ({ ...keyed, value: keyed.value.at })),
        filter((keyed) => keyed.value > 0),
      );
    const out: string[] = [];
    const joined$ = keyed(left).pipe(
      intervalJoin(keyed(right), { within: [0, 5] }, (l, r, { key }) => `${key}${l}${r}`),
      map((value) => value.toUpperCase()),
    );
    const done = new Promise<void>((resolve) => {
      joined$.subscribe({ next: (value) => out.push(value), complete: resolve });
    });
    left.next({ at: 1 });
    right.next({ at: 3 });
    left.next({ at: 0 });
    right.next({ at: 4 });
    left.complete();
    right.complete();
    await done;
    expect(out).toEqual(['K13', 'K14']);
  });

  it('are drawn with two inputs', () => {
    const keyed = (name: string) =>
      fromSource(arraySource([name])).pipe(
        withTimestamps(() => 0, boundedOutOfOrderness(0)),
        keyBy((item) => item),
      );
    const joined$ = keyed('l').pipe(windowJoin(keyed('r'), { window: tumbling(1), name: 'both' }, () => 0));
    const drawing = createJob('drawn', joined$.pipe(to(callbackSink(() => {})))).toMermaid();
    const box = /(n\d+)\["both"\]/.exec(drawing)?.[1];
    expect(drawing.split('\n').filter((line) => line.endsWith(`--> ${box}`))).toHaveLength(2);
  });

  it('refuse at run time what only looks like a keyed stream', async () => {
    const keyed$ = of(1).pipe(
      withTimestamps(() => 0, boundedOutOfOrderness(0)),
      keyBy((n) => n),
    );
    const unkeyed$ = keyed$.pipe(map(({ value }) => value)) as unknown as typeof keyed$;
    const joined$ = keyed$.pipe(intervalJoin(unkeyed$, { within: [0, 0] }, () => 0));
    await expect(lastValueFrom(joined$)).rejects.toMatchObject({ code: 'SLUICE_NOT_KEYED' });
  });
});
