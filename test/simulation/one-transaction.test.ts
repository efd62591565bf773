import { defineSource } from '@sluice/connector-sdk';
import { type CheckpointStorage, createJob, fromSource, memoryCheckpoints, to } from '@sluice/core';
import { collectTransactionalSink, drive, type SimulationReport, simulate } from '@sluice/testing';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { joiningSink } from './joining-sink.js';

const RUNS = Number(process.env.SIMULATE_RUNS ?? 300);
const SEED = Number(process.env.SIMULATE_SEED ?? 1);
const splits = [Array.from({ length: 40 }, (_, n) => n), [100, 101, 102]];
const all = splits.flat();
const numbers = Array.from({ length: 40 }, (_, n) => n);
const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

/** Half of the numbers, and the others a minute later. */
const paused = defineSource<number, null, number>({
  name: 'paused',
  bounded: true,
  replayable: true,
  discover: async () => [{ id: 'all', split: null }],
  open: async ({ clock }) => ({
    async *read(_split, position = 0) {
      for (let from = position; from < numbers.length; from += 20) {
        const start = from;
        yield { values: numbers.slice(from, from + 20), positionAfter: (index) => start + index + 1 };
        await clock.sleep('1m');
      }
    },
    close: async () => {},
  }),
});

interface Outcome {
  readonly report: SimulationReport;
  readonly together: number;
  readonly afterwards: number;
}

/** Two sinks of one job: one joins the publication of its checkpoints, the other commits behind it. */
async function simulated(seed: number): Promise<Outcome> {
  const joins = joiningSink<number>();
  const commits = collectTransactionalSink<number>();
  let storage: CheckpointStorage | undefined;
  let checked: Promise<void> = Promise.resolve();
  const report = await simulate({
    seed,
    build(tools) {
      storage = tools.storage;
      const numbers$ = fromSource(tools.source(splits)).pipe(map((n) => n));
      return createJob('numbers', [numbers$.pipe(to(joins)), numbers$.pipe(to(commits))], {
        checkpoints: { interval: 20, storage: tools.storage, tolerableFailures: 1 },
      });
    },
    check(phase) {
      for (const { values } of [joins, commits]) {
        if (phase === 'finished') expect(ascending(values)).toEqual(all);
        else expect(new Set(values).size).toBe(values.length);
      }
      const made = new Set(joins.values);
      checked = checked.then(async () => {
        // Where there is no checkpoint there are no rows, whatever was under way.
        if ((await (await storage?.inspect('numbers'))?.list())?.length === 0) expect(made.size).toBe(0);
      });
    },
  });
  await checked;
  return { report, ...joins.counts };
}

describe(`rows that are published with their checkpoint, in ${RUNS} simulations from seed ${SEED}`, () => {
  it('are there exactly once, beside a sink that commits afterwards', async () => {
    let lives = 0;
    let together = 0;
    for (let seed = SEED; seed < SEED + RUNS; seed++) {
      const outcome = await simulated(seed);
      lives += outcome.report.lives;
      together += outcome.together;
    }
    expect(lives / RUNS).toBeGreaterThan(2);
    expect(together / RUNS).toBeGreaterThan(1);
  }, 300_000);
});

describe('a crash of a job whose rows are published with its checkpoints', () => {
  const job = () => {
    const sink = joiningSink<number>();
    const flow = fromSource(paused).pipe(to(sink));
    const storage = memoryCheckpoints();
    return { sink, storage, driver: drive(createJob('numbers', flow, { checkpoints: { interval: '1h', storage } })) };
  };

  it.each(['afterBarrier', 'afterPrepare', 'afterStateWritten', 'afterPublish', 'afterCommit'] as const)(
    '%s leaves rows exactly where it leaves a checkpoint',
    async (point) => {
      const { sink, storage, driver } = job();
      await driver.advance('1s');
      await driver.crash(point);
      const published = (await (await storage.inspect('numbers')).list()).length > 0;
      expect(published).toBe(point === 'afterPublish' || point === 'afterCommit');
      expect(sink.values.length > 0).toBe(published);
      await driver.restart();
      await driver.finish();
      expect(sink.values).toEqual(numbers);
      expect(sink.counts.afterwards).toBe(0);
      expect(sink.encoded.size).toBe(0);
    },
  );
});
