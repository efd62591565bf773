import {
  aggregate,
  asyncMap,
  countOf,
  type DataStream,
  keyBy,
  monotonousTimestamps,
  processKeyed,
  scanByKey,
  tumbling,
  valueStateOf,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { assertRestorable } from './assert-restorable.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('assertRestorable', () => {
  it('accepts state of operators, windows and timers', async () => {
    await assertRestorable(
      (numbers$) =>
        numbers$.pipe(
          withTimestamps((n) => n * 100, monotonousTimestamps(), { every: 0 }),
          keyBy((n) => n % 3),
          windowBy(tumbling('1s')),
          aggregate(countOf()),
          map(({ key, value, window }) => `${key} ${window.start} ${value}`),
        ),
      numbers(25),
    );
    await assertRestorable(
      (numbers$) =>
        numbers$.pipe(
          keyBy((n) => n % 2),
          processKeyed({
            state: { seen: valueStateOf(() => 0) },
            onElement(n, { state }) {
              state.seen.set(state.seen.get() + n);
              return state.seen.get();
            },
          }),
        ),
      numbers(8),
    );
    await assertRestorable((numbers$) => numbers$.pipe(asyncMap(async (n) => n * 2, { concurrency: 3 })), numbers(8));
  });

  it('accepts no input and an empty output', async () => {
    await assertRestorable((numbers$) => numbers$.pipe(map((n) => n)), []);
  });

  it('finds what is kept in a variable', async () => {
    const failure = await assertRestorable(
      (numbers$) => {
        let sum = 0;
        return numbers$.pipe(
          map((n) => {
            sum += n;
            return sum;
          }),
        );
      },
      [1, 2, 3],
    ).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'SLUICE_NOT_RESTORABLE' });
    expect(String(failure)).toContain('after 1 elements');
  });

  it('looks at the order when told to', async () => {
    const pipe = (numbers$: DataStream<number>) =>
      numbers$.pipe(
        keyBy(() => 'all'),
        scanByKey(
          (sum, n) => sum + n,
          () => 0,
        ),
        map((k) => k.value),
      );
    await assertRestorable(pipe, numbers(4), { ordered: true, seed: 4 });
  });
});
