import { setTimeout as realTime } from 'node:timers/promises';
import {
  aggregate,
  asyncMap,
  countOf,
  keyBy,
  monotonousTimestamps,
  processKeyed,
  sideOutput,
  tumbling,
  union,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { marbles } from './marbles.js';

async function failureOf(test: Parameters<typeof marbles>[0]): Promise<string> {
  return marbles(test).then(
    () => 'nothing failed',
    (error) => `${error.code} ${error}`,
  );
}

describe('side outputs in marbles', () => {
  it('run together with the stream whose operator fills them', () =>
    marbles(({ source, expectStream }) => {
      const late$ = sideOutput<{ at: number }>('late');
      const counts$ = source('ab-c|', { a: { at: 3 }, b: { at: 15 }, c: { at: 4 } }).pipe(
        withTimestamps(({ at }) => at, monotonousTimestamps(), { every: 0 }),
        keyBy(() => 'all'),
        windowBy(tumbling(10), { late: late$ }),
        aggregate(countOf()),
        map(({ value, window }) => [window.start, value]),
      );
      expectStream(counts$).toBe('-x--(y|)', { x: [0, 1], y: [10, 1] });
      expectStream(late$).toBe('---c|', { c: { at: 4 } });
    }));

  it('take what a handler sends there', () =>
    marbles(({ source, expectStream }) => {
      const odd$ = sideOutput<string>('odd');
      const even$ = source('abcd|').pipe(
        keyBy(() => 'all'),
        processKeyed({
          onElement(letter: string, { emitTo }) {
            if (letter === 'a' || letter === 'c') emitTo(odd$, letter.toUpperCase());
            else return letter;
            return undefined;
          },
        }),
      );
      expectStream(odd$.pipe(map((letter) => `${letter}!`))).toBe('a-c-|', { a: 'A!', c: 'C!' });
      expectStream(even$).toBe('-b-d|');
    }));

  it('fail together with it, and with nothing else', () =>
    marbles(({ source, expectStream }) => {
      const side$ = sideOutput<string>('side');
      const failing$ = source('ab').pipe(
        keyBy((letter) => letter),
        processKeyed({
          onElement(letter: string, { emitTo }) {
            if (letter === 'b') throw new Error('b');
            emitTo(side$, letter);
          },
        }),
      );
      expectStream(failing$).toBe('-#');
      expectStream(side$).toBe('a#');
      expectStream(source('--a|')).toBe('--a|');
    }));

  it('are refused when nothing that is expected fills them', async () => {
    const failure = await failureOf(({ expectStream }) => expectStream(sideOutput<string>('alone')).toBe('-'));
    expect(failure).toContain('SLUICE_SIDE_OUTPUT');
  });
});

describe('promises in marbles', () => {
  it('take the time that they sleep on the clock', () =>
    marbles(({ source, expectStream, clock }) => {
      const slow$ = source('a-b---W|').pipe(
        asyncMap(
          async (letter) => {
            await clock.sleep(letter === 'a' ? '5ms' : '1ms');
            return letter;
          },
          { concurrency: 2, order: 'completion' },
        ),
      );
      expectStream(slow$).toBe('---b-aW|');
    }));

  it('hold the clock when they wait for real time', () =>
    marbles(({ source, expectStream }) => {
      const outside$ = source('ab-W|').pipe(
        asyncMap(
          async (letter) => {
            await realTime(letter === 'a' ? 20 : 5);
            return letter;
          },
          { concurrency: 1 },
        ),
      );
      expectStream(outside$).toBe('ab-W|');
    }));

  it('are tried again, and given up, in virtual time', () =>
    marbles(({ source, expectStream, clock }) => {
      let calls = 0;
      const failing$ = source('a').pipe(
        asyncMap(
          async (letter) => {
            await clock.sleep(3);
            if (++calls < 3) throw new Error('not yet');
            return letter;
          },
          { concurrency: 1, retry: { attempts: 3, delay: 10 } },
        ),
      );
      expectStream(failing$).toBe('39ms a');
      const hanging$ = source('a').pipe(asyncMap(async () => clock.sleep('1h'), { concurrency: 1, timeout: '50ms' }));
      expectStream(hanging$).toBe('50ms #');
    }));
});

describe('a failed expectation', () => {
  it('shows watermarks, barriers and idleness of both', async () => {
    const failure = await failureOf(({ source, expectStream }) => {
      expectStream(source('aW-BI-b|')).toBe('aWB-I-b|');
    });
    expect(failure).toContain(
      [
        'frame     0ms  1ms  2ms  3ms  4ms  6ms  7ms',
        "expected  'a'  W    B    -    I    'b'  |",
        "received  'a'  W    -    B    I    'b'  |",
        '                    ^    ^',
      ].join('\n'),
    );
  });

  it('shows the error that was not expected, and is caused by it', async () => {
    const cause = new RangeError('too much');
    const failure = await marbles(({ source, expectStream }) => {
      expectStream(
        source('ab|').pipe(
          map((letter) => {
            if (letter === 'b') throw cause;
            return letter;
          }),
        ),
      ).toBe('ab|');
    }).catch((error) => error);
    expect(String(failure)).toContain('too much');
    expect(failure.cause).toBe(cause);
  });

  it('of a union shows the idleness that all inputs share', async () => {
    const failure = await failureOf(({ source, expectStream }) => {
      expectStream(union(source('-I--|'), source('--I-|'))).toBe('-I--|');
    });
    expect(failure).toContain('SLUICE_MARBLES_DIFFER');
    expect(failure).toContain('I');
  });
});
