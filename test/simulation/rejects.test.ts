import {
  batchWriter,
  type Clock,
  defineSink,
  type SinkContext,
  SluiceError,
  structuredCodec,
} from '@sluice/connector-sdk';
import {
  arraySource,
  asyncMap,
  createJob,
  fromSource,
  memoryCheckpoints,
  type Rejected,
  sideOutput,
  to,
} from '@sluice/core';
import { collectTransactionalSink, type SeededRandom, simulate } from '@sluice/testing';
import { map } from 'rxjs';
import { expect, test } from 'vitest';

const COUNT = 60;
const numbers = Array.from({ length: COUNT }, (_, index) => index);
const isBad = (n: number): boolean => n % 3 === 0;

function refusal(value: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_NO',
    component: 'picky',
    expected: 'another',
    actual: `${value}`,
    remedy: 'none',
  });
}

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
          return { rejected: batch.filter(isBad).map((value) => ({ value, cause: refusal(value) })) };
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
  for (let seed = 0; seed < 100; seed++) {
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
            rejected$.pipe(
              map((each) => each),
              to(dead),
            ),
          ],
          { checkpoints: { interval: 15, storage } },
        );
      },
      check(phase) {
        const values = dead.values.map(({ value }) => value);
        expect(new Set(values).size, 'none twice').toBe(values.length);
        if (phase === 'running') return;
        expect(values.sort((a, b) => a - b)).toEqual(numbers.filter(isBad));
        expect(
          dead.values.every(
            ({ value, cause }) =>
              (cause as Error).message === refusal(value).message && (cause as SluiceError).code === 'SLUICE_NO',
          ),
        ).toBe(true);
        expect([...written].sort((a, b) => a - b)).toEqual(numbers.filter((n) => !isBad(n)));
      },
    });
    lives += report.lives;
  }
  expect(lives).toBeGreaterThan(200);
});

/** A stock operator completes with the end of its input, and would take nothing that comes later. */
test('what is rejected by the last flush of all comes before the end of its output', async () => {
  for (const guarantee of ['idempotent', 'transactional'] as const) {
    const rejected$ = sideOutput<Rejected<number>>('rejected');
    const dead = collectTransactionalSink<number>();
    const rejectAll = (context: SinkContext<number>, held: number[]) => {
      for (const n of held.splice(0)) context.reject(n, new Error('no'));
    };
    const sink =
      guarantee === 'idempotent'
        ? defineSink<number>({
            name: 'lazy',
            guarantee,
            keyOf: String,
            async open(context) {
              const held: number[] = [];
              return {
                write: (n) => void held.push(n),
                flush: async () => rejectAll(context, held),
                close: async () => {},
              };
            },
          })
        : defineSink<number, string>({
            name: 'lazy',
            guarantee,
            committableCodec: structuredCodec<string>(),
            open: async (context) => ({
              begin() {
                const held: number[] = [];
                return {
                  write: (n) => void held.push(n),
                  async prepare() {
                    await Promise.resolve();
                    rejectAll(context, held);
                    return [];
                  },
                  abort: async () => {},
                };
              },
              close: async () => {},
            }),
            openCommitter: async () => ({
              recover: async () => {},
              commit: async () => ({ status: 'committed' }),
              close: async () => {},
            }),
          });
    const job = createJob(
      'rejecting',
      [
        fromSource(arraySource(numbers)).pipe(to(sink, { rejected: rejected$ })),
        rejected$.pipe(
          map(({ value }) => value),
          to(dead),
        ),
      ],
      { checkpoints: { interval: '1h', storage: memoryCheckpoints() } },
    );
    await job.run();
    expect(dead.values).toEqual(numbers);
  }
});
