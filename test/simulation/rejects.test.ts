import { batchWriter, type Clock, defineSink } from '@sluice/connector-sdk';
import { asyncMap, createJob, fromSource, type Rejected, sideOutput, to } from '@sluice/core';
import { collectTransactionalSink, type SeededRandom, simulate } from '@sluice/testing';
import { expect, test } from 'vitest';

const COUNT = 60;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const isBad = (n: number): boolean => n % 3 === 0;

/** Finds out late, and by itself, what it cannot write. */
function pickySink(random: SeededRandom, written: Set<number>) {
  return defineSink<number>({
    name: 'picky',
    guarantee: 'idempotent',
    keyOf: String,
    open: async (context) =>
      batchWriter(context, {
        maxCount: 4,
        linger: 7,
        maxInFlight: 2,
        async write(batch, signal) {
          await context.clock.sleep(1 + Math.floor(random.next() * 30), signal);
          for (const n of batch) if (!isBad(n)) written.add(n);
          return { rejected: batch.filter(isBad).map((value) => ({ value, cause: new Error(`no ${value}`) })) };
        },
      }),
  });
}

function later(clock: Clock, random: SeededRandom) {
  return async (n: number): Promise<number> => {
    await clock.sleep(random.int(1, 40));
    return n;
  };
}

test('what a sink rejects reaches a transactional sink exactly once, whatever crashes', async () => {
  let lives = 0;
  for (let seed = 0; seed < 150; seed++) {
    const written = new Set<number>();
    const dead = collectTransactionalSink<Rejected<number>>();
    const report = await simulate({
      seed,
      crashes: 6,
      build({ clock, source, storage, random }) {
        const rejected$ = sideOutput<Rejected<number>>('rejected');
        const numbers$ = fromSource(source([numbers.filter((n) => n % 2 === 0), numbers.filter((n) => n % 2 === 1)]));
        return createJob(
          'rejecting',
          // Its results arrive whether or not the sink has room.
          [
            numbers$.pipe(
              asyncMap(later(clock, random), { concurrency: 8 }),
              to(pickySink(random, written), { rejected: rejected$ }),
            ),
            rejected$.pipe(to(dead)),
          ],
          { checkpoints: { interval: 15, storage } },
        );
      },
      check(phase) {
        const values = dead.values.map(({ value }) => value);
        expect(new Set(values).size, 'none twice').toBe(values.length);
        if (phase === 'running') return;
        expect(values.sort((a, b) => a - b)).toEqual(numbers.filter(isBad));
        expect(dead.values.every(({ value, cause }) => (cause as Error).message === `no ${value}`)).toBe(true);
        expect([...written].sort((a, b) => a - b)).toEqual(numbers.filter((n) => !isBad(n)));
      },
    });
    lives += report.lives;
  }
  expect(lives).toBeGreaterThan(300);
});
