import { defineSource, type Source } from '@sluice/connector-sdk';
import { createJob, fromSource, keyBy, mapState, processKeyed, to, union } from '@sluice/core';
import { collectTransactionalSink, SeededRandom, simulate } from '@sluice/testing';
import { tap } from 'rxjs';
import { differences, type SimulatedRun } from './simulated-row.js';

interface Item {
  readonly input: number;
  readonly n: number;
}

const BATCH = 8;

/**
 * Row 15: inputs of very different speed meet in one operator that keeps how far each of them has come. An element from behind a barrier in the
 * snapshot would come twice after a restore, and be refused by the count; elements that had to wait for a barrier would pile up.
 */
export const skewedInputs: SimulatedRun = async (_mode, seed) => {
  const random = new SeededRandom(seed);
  const counts = Array.from({ length: random.int(2, 4) }, () => random.int(5, 60));
  const paces = counts.map(() => random.pick([0, 0, 1, 10, 60]));
  const expected = counts.flatMap((count, input) =>
    Array.from({ length: count }, (_, n) => `${input}:${n} after ${n}`),
  );
  const sink = collectTransactionalSink<string>();
  const violations = new Set<string>();
  const { lives, checkpoints } = await simulate({
    seed,
    crashes: 6,
    build({ clock, storage }) {
      const waiting = counts.map(() => 0);
      const inputs = counts.map((count, input) => {
        const pace = paces[input] ?? 0;
        const source: Source<Item> = defineSource<Item, null, number>({
          name: `input-${input}`,
          bounded: true,
          replayable: true,
          discover: async () => [{ id: 'all', split: null }],
          open: async () => ({
            async *read(_split, position = 0) {
              // What an attempt before had read ahead is gone with it.
              waiting[input] = 0;
              for (let from = position; from < count; ) {
                const values = Array.from({ length: Math.min(count - from, BATCH) }, (_, at) => ({
                  input,
                  n: from + at,
                }));
                const start = from;
                from += values.length;
                waiting[input] = (waiting[input] ?? 0) + values.length;
                yield { values, positionAfter: (index: number) => start + index + 1 };
                if (pace > 0) await clock.sleep(pace);
              }
            },
            close: async () => {},
          }),
        });
        return fromSource(source).pipe(
          tap(() => {
            waiting[input] = (waiting[input] ?? 0) - 1;
            if ((waiting[input] ?? 0) > 2 * BATCH)
              violations.add(`${waiting[input]} elements of input ${input} were read ahead`);
          }),
        );
      });
      const [first, ...others] = inputs;
      if (first === undefined) throw new Error('no inputs');
      const counted$ = union(first, ...others).pipe(
        keyBy(() => 'all'),
        processKeyed({
          state: { seen: mapState<number, number>() },
          onElement({ input, n }: Item, { state }) {
            const before = state.seen.get(input) ?? 0;
            state.seen.set(input, before + 1);
            return `${input}:${n} after ${before}`;
          },
        }),
      );
      return createJob('skewed', counted$.pipe(to(sink)), { checkpoints: { interval: random.int(5, 50), storage } });
    },
    check(phase) {
      if (phase === 'finished') for (const one of differences(expected, sink.values)) violations.add(one);
    },
  });
  return { faults: lives + checkpoints, violations: [...violations] };
};
