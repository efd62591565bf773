import { keyBy, topN } from '@sluice/core';
import { assertRestorable } from '@sluice/testing';
import fc from 'fast-check';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { createTopN } from '../../packages/core/src/operators/top-n.js';
import { OperatorBench } from './operator-bench.js';
import { check, replay, timeout } from './runs.js';

interface Scored {
  readonly key: number;
  readonly score: number;
  readonly serial: number;
}

const cases = fc.record({
  n: fc.integer({ min: 1, max: 5 }),
  steps: fc.array(
    fc.oneof(
      { weight: 10, arbitrary: fc.record({ key: fc.nat(3), score: fc.constantFrom(-1, 0, 1, 2, 3, 4, Number.NaN) }) },
      { weight: 1, arbitrary: fc.constant('restore' as const) },
    ),
    { maxLength: 80 },
  ),
});

/** All values of a key, sorted as a whole each time; the ranking if it is another one than before. */
function model(n: number, elements: readonly Scored[]): (readonly Scored[])[] {
  const before = new Map<number, readonly Scored[]>();
  const all: Scored[] = [];
  return elements.flatMap((element) => {
    all.push(element);
    const ranking = all
      .filter(({ key, score }) => key === element.key && !Number.isNaN(score))
      .sort((a, b) => b.score - a.score || a.serial - b.serial)
      .slice(0, n);
    const same = JSON.stringify(ranking) === JSON.stringify(before.get(element.key) ?? []);
    before.set(element.key, ranking);
    return same ? [] : [ranking];
  });
}

describe(`topN, against a model (${replay})`, { timeout }, () => {
  it('over keys, with equal scores, restored now and then', () => {
    check(cases, ({ n, steps }) => {
      const open = (bench: OperatorBench) => ({
        bench,
        input: createTopN(n, (value) => (value as Scored).score)(bench.context, bench.out),
      });
      let { bench, input } = open(new OperatorBench());
      const elements: Scored[] = [];
      const rankings: unknown[] = [];
      for (const step of steps) {
        if (step === 'restore') {
          ({ bench, input } = open(new OperatorBench({ restored: bench.snapshot(input) })));
          continue;
        }
        const element = { ...step, serial: elements.length };
        elements.push(element);
        bench.inputKey.key = element.key;
        input.next(Object.freeze(element), 0);
        for (const [ranking] of bench.takeValues()) rankings.push(Object.freeze(ranking));
      }
      expect(rankings).toEqual(model(n, elements));
    });
  });

  it('can be restored in the middle of a stream', async () => {
    await assertRestorable<number, string>(
      (numbers$) =>
        numbers$.pipe(
          map((n) => n * 7),
          keyBy((n) => n % 2),
          topN(2, (n) => n % 5),
          map(({ key, value }) => `${key}: ${value.join(' ')}`),
        ),
      [3, 1, 4, 1, 5, 9, 2, 6, 5],
      { ordered: true },
    );
  });
});
