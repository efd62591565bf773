import { defineSource, type Source } from '@sluice/connector-sdk';
import {
  callbackSink,
  createJob,
  fromSource,
  memoryCheckpoints,
  monotonousTimestamps,
  to,
  withTimestamps,
} from '@sluice/core';
import { expect, test } from 'vitest';

interface Event {
  readonly split: string;
  readonly at: number;
}

const STEP = 10;
const DRIFT = 100;
const fast = { count: 100, batch: 50, wait: 0 };
const slow = { count: 100, batch: 1, wait: 2 };

/** Splits that are ready at very different times; none of them is known to hold more. */
function unevenSource(
  splits: Readonly<Record<string, { readonly count: number; readonly batch: number; readonly wait: number }>>,
): Source<Event> {
  return defineSource({
    name: 'uneven',
    bounded: true,
    replayable: true,
    discover: async () => Object.entries(splits).map(([id, split]) => ({ id, split })),
    open: async () => ({
      async *read({ id, split: { count, batch, wait } }, position: number | undefined) {
        for (let from = position ?? 0; from < count; from += batch) {
          if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
          const values = Array.from({ length: Math.min(batch, count - from) }, (_, n) => ({
            split: id,
            at: (from + n) * STEP,
          }));
          yield { values, hasMore: false, positionAfter: (index: number) => from + index + 1 };
        }
      },
      close: async () => {},
    }),
  });
}

/** How far the splits were apart at most. */
async function furthestApart(
  sources: readonly Source<Event>[],
  group: string | undefined,
  every: number,
): Promise<number> {
  const last = new Map(['a', 'b', 'c', 'd'].map((split) => [split, 0]));
  let apart = 0;
  const see = ({ split, at }: Event): void => {
    last.set(split, at);
    apart = Math.max(apart, at - Math.min(...last.values()));
    if (at === (fast.count - 1) * STEP) last.delete(split);
  };
  const flows = sources.map((source) =>
    fromSource(source).pipe(
      withTimestamps((event) => event.at, monotonousTimestamps(), {
        every,
        ...(group === undefined ? {} : { alignment: { group, maxDrift: DRIFT } }),
      }),
      to(callbackSink(see)),
    ),
  );
  const job = createJob('aligned', flows, { checkpoints: { interval: '1h', storage: memoryCheckpoints() } });
  expect((await job.run()).status).toBe('finished');
  expect(last.size).toBe(0);
  return apart;
}

test.each([0, 200])('splits of a group wait for the one that is behind (watermarks every %s ms)', async (every) => {
  const source = () => unevenSource({ a: fast, b: slow, c: fast, d: fast });
  expect(await furthestApart([source()], undefined, every)).toBeGreaterThan(DRIFT + 2 * STEP);
  expect(await furthestApart([source()], 'g', every)).toBeLessThanOrEqual(DRIFT + STEP);
});

test.each([0, 50])('sources that run apart wait for each other (watermarks every %s ms)', async (every) => {
  const sources = () => [unevenSource({ a: fast, c: fast }), unevenSource({ b: slow, d: fast })];
  expect(await furthestApart(sources(), undefined, 200)).toBeGreaterThan(DRIFT + 2 * STEP);
  expect(await furthestApart(sources(), 'g', every)).toBeLessThanOrEqual(DRIFT + STEP);
});
