import {
  aggregate,
  asyncMap,
  countOf,
  createJob,
  type Keyed,
  keyBy,
  processKeyed,
  to,
  tumbling,
  union,
  windowBy,
} from '@sluice/core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { collectSink } from '../sinks/collect-sink.js';
import { marbles } from './marbles.js';
import { parseMarbles } from './parse-marbles.js';

describe('marble diagrams', () => {
  it('give each symbol a frame, groups one frame, and times what they say', () => {
    const { marbles: all, end } = parseMarbles('a-(bc) 5s W 1.5m |');
    expect(all.map(({ symbol, frame }) => [symbol, frame])).toEqual([
      ['a', 0],
      ['b', 2],
      ['c', 2],
      ['W', 5006],
      ['|', 95_007],
    ]);
    expect(end).toBe(95_008);
  });

  it.each(['a(b(c', 'a)', 'A', '(ab', 'a|b', '#-c'])('refuse %s', (diagram) => {
    expect(() => parseMarbles(diagram)).toThrowError(expect.objectContaining({ code: 'SLUICE_MARBLES' }));
  });
});

describe('marbles', () => {
  it('fires windows by watermarks', () =>
    marbles(({ source, expectStream }) => {
      const click = { user: 'ann' };
      const clicks$ = source('a-a 59997ms W a 59999ms W|', { a: click });
      const counts$ = clicks$.pipe(
        keyBy((c) => c.user),
        windowBy(tumbling('1m')),
        aggregate(countOf()),
        map((r) => r.value),
      );
      expectStream(counts$).toBe('1m x 1m y|', { x: 2, y: 1 });
    }));

  it('drives processing time', () =>
    marbles(({ source, expectStream }) => {
      const late$ = source('a-b').pipe(
        keyBy((letter) => letter),
        processKeyed({
          onElement(_letter: string, { timers, clock }) {
            timers.processing(clock.now() + 10);
          },
          onTimer: (_at, { key }) => key,
        }),
      );
      expectStream(late$).toBe('10ms a-b');
      const counts$ = source('aa 20s a').pipe(
        keyBy((letter) => letter),
        windowBy(tumbling('10s', { time: 'processing' })),
        aggregate(countOf()),
        map((result) => result.value),
      );
      expectStream(counts$).toBe('10s x 19999ms y', { x: 2, y: 1 });
    }));

  it('shows watermarks, idleness and barriers when they are asked for', () =>
    marbles(({ source, expectStream }) => {
      const left$ = source('a--W-I--|');
      const right$ = source('-WB-b-W-|');
      expectStream(union(left$, right$)).toBe('a--Wb-W-|');
      expectStream(right$).toBe('-WB-b-W-|');
    }));

  it('awaits promises', () =>
    marbles(({ source, expectStream }) => {
      expectStream(source('a-b|').pipe(asyncMap(async (letter) => letter.toUpperCase(), { concurrency: 2 }))).toBe(
        'a-b|',
        { a: 'A', b: 'B' },
      );
    }));

  it('passes errors on', () =>
    marbles(({ source, expectStream }) => {
      expectStream(
        source('a-#').pipe(
          keyBy((letter) => letter),
          map(({ value }) => value),
        ),
      ).toBe('a-#');
      expectStream(
        source('ab').pipe(
          map((letter) => {
            if (letter === 'b') throw new Error('b');
            return letter;
          }),
        ),
      ).toBe('a#');
    }));

  it('fails with both timelines, aligned', async () => {
    const failure = await marbles(({ source, expectStream }) => {
      expectStream(source('a-b-c|', { a: 1, b: 2, c: 30 })).toBe('a-x--(c|)', { a: 1, x: 5, c: 30 });
    }).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_MARBLES_DIFFER' });
    expect(String(failure)).toContain(
      [
        'frame     0ms  2ms  4ms  5ms',
        'expected  1    5    -    30 |',
        'received  1    2    30   |',
        '               ^    ^    ^',
      ].join('\n'),
    );
  });

  it('is not for jobs', () =>
    marbles(({ source }) => {
      expect(() => createJob('marbles', source('a|').pipe(to(collectSink())))).toThrowError(/arraySource/);
    }));

  it('gives keyed elements to a plain subscriber', () =>
    marbles(({ source, expectStream }) => {
      const keyed$ = source('a|').pipe(keyBy((letter) => letter));
      expectStream(keyed$.pipe(map((k: Keyed<string, string>) => [k.key, k.value]))).toBe('x|', { x: ['a', 'a'] });
    }));
});
