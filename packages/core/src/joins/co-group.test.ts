import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, it } from 'vitest';
import {
  arraySource,
  coGroup,
  fromSource,
  globalWindow,
  keyBy,
  monotonousTimestamps,
  session,
  tumbling,
  withTimestamps,
} from '../index.js';

const keyed = (items: readonly (readonly [id: string, at: number])[]) =>
  fromSource(arraySource(items)).pipe(
    withTimestamps(([, at]) => at, monotonousTimestamps()),
    keyBy(([id]) => id),
  );

describe('coGroup', () => {
  it('gives both sides of each window, those of one side alone as well, and emits any number of results', async () => {
    const left$ = keyed([
      ['a', 1],
      ['a', 2],
      ['b', 3],
      ['a', 11],
    ]);
    const right$ = keyed([
      ['a', 4],
      ['c', 5],
      ['b', 24],
    ]);
    const groups$ = left$.pipe(
      coGroup(right$, { window: tumbling(10) }, (lefts, rights, { key, window, timestamp }) =>
        key === 'c' ? [] : [`${key} ${window.start} ${timestamp}`, `${lefts.length}/${rights.length}`],
      ),
    );
    expect(await lastValueFrom(groups$.pipe(toArray()))).toEqual([
      'a 0 9',
      '2/1',
      'b 0 9',
      '1/0',
      'a 10 19',
      '1/0',
      'b 20 29',
      '0/1',
    ]);
  });

  it('makes sessions of the elements of both sides', async () => {
    const groups$ = keyed([
      ['a', 0],
      ['a', 8],
    ]).pipe(
      coGroup(keyed([['a', 4]]), { window: session(5) }, (lefts, rights, { window }) => [
        [window.start, window.end, lefts.length, rights.length],
      ]),
    );
    expect(await lastValueFrom(groups$.pipe(toArray()))).toEqual([[0, 13, 2, 1]]);
  });

  it('refuses options that cannot be', () => {
    const items$ = keyed([]);
    expect(() => coGroup(items$, { window: globalWindow() }, () => [])).toThrow('SLUICE_WINDOW_OPTION');
    expect(() => coGroup(items$, { window: undefined as never }, () => [])).toThrow('SLUICE_WINDOW_OPTION');
    expect(() => coGroup(items$, null as never, () => [])).toThrow('SLUICE_OPTION');
    expect(() => coGroup(items$, { window: tumbling(1) }, undefined as never)).toThrow(/project.*a function/);
  });
});
