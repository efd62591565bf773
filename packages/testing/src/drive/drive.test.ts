import { defineSource } from '@sluice/connector-sdk';
import {
  aggregate,
  arraySource,
  countOf,
  createJob,
  type Duration,
  fixedDelay,
  fromSource,
  keyBy,
  memoryCheckpoints,
  monotonousTimestamps,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { collectSink } from '../sinks/collect-sink.js';
import { collectTransactionalSink } from '../sinks/collect-transactional-sink.js';
import { drive } from './drive.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('drive', () => {
  it('crashes and restarts a job of windows', async () => {
    for (let seed = 0; seed < 50; seed++) {
      const sink = collectSink<number>();
      const job = createJob(
        'counts',
        fromSource(
          arraySource([
            { user: 'a', at: 1 },
            { user: 'b', at: 2 },
          ]),
        ).pipe(
          withTimestamps((click) => click.at, monotonousTimestamps()),
          keyBy((click) => click.user),
          windowBy(tumbling('1m')),
          aggregate(countOf()),
          map((result) => result.value),
          to(sink),
        ),
        { checkpoints: { interval: '1s', storage: memoryCheckpoints() } },
      );
      const driver = drive(job, { seed });
      await driver.checkpoint();
      await driver.crash('afterPrepare');
      await driver.restart();
      await driver.finish();
      expect(sink.values.slice(-2)).toEqual([1, 1]);
    }
  });

  it('gives a transactional sink every element once, whatever crashes', async () => {
    for (const point of ['afterBarrier', 'afterPrepare', 'afterStateWritten', 'afterPublish', 'afterCommit'] as const) {
      const sink = collectTransactionalSink<number>();
      const job = createJob('numbers', fromSource(arraySource(numbers(40))).pipe(to(sink)), {
        checkpoints: { interval: '1h', storage: memoryCheckpoints() },
        guarantee: 'exactly-once',
      });
      const driver = drive(job, { seed: 3 });
      await driver.checkpoint();
      await driver.crash(point);
      await driver.restart();
      await driver.crash();
      await driver.restart();
      await driver.finish();
      expect(sink.values, point).toEqual(numbers(40));
      expect(sink.pending).toBe(0);
    }
  });

  it('lets time pass as far as it is told', async () => {
    const driver = drive(endless(), { seed: 5, start: 1_000 });
    await driver.advance('10s');
    expect(driver.clock.now()).toBe(11_000);
    const completed = driver.events.filter(({ type }) => type === 'checkpointCompleted').length;
    expect(completed).toBeGreaterThanOrEqual(9);
    expect(completed).toBeLessThanOrEqual(10);
    await expect(driver.finish()).rejects.toMatchObject({ code: 'SLUICE_DRIVE' });
    await driver.crash();
  });

  it('takes checkpoints however long the interval is', async () => {
    const driver = drive(endless('100d'));
    expect([await driver.checkpoint(), await driver.checkpoint()]).toEqual([1, 2]);
    expect(driver.clock.now()).toBeLessThan(1000);
    await driver.crash();
  });

  it('restarts as the strategy of the job says, in its own time', async () => {
    let failures = 2;
    const sink = collectTransactionalSink<number>();
    const job = createJob(
      'failing',
      fromSource(arraySource(numbers(3))).pipe(
        map((n) => {
          if (n === 1 && failures-- > 0) throw new Error('not yet');
          return n;
        }),
        to(sink),
      ),
      {
        checkpoints: { interval: '1h', storage: memoryCheckpoints() },
        restart: fixedDelay({ attempts: 5, delay: '1m' }),
      },
    );
    const driver = drive(job);
    await driver.finish();
    expect(driver.events.filter(({ type }) => type === 'restarting')).toHaveLength(2);
    expect(driver.clock.now()).toBeGreaterThanOrEqual(120_000);
    expect(sink.values).toEqual(numbers(3));
  });

  it('throws what fails the job', async () => {
    const job = createJob(
      'failing',
      fromSource(arraySource(numbers(3))).pipe(
        map(() => {
          throw new RangeError('always');
        }),
        to(collectSink()),
      ),
    );
    await expect(drive(job).finish()).rejects.toThrow('always');
  });

  it('does the same for the same seed and interleaves differently for another', async () => {
    const trace = async (seed: number): Promise<string> => {
      const sink = collectTransactionalSink<number>();
      const job = createJob('numbers', fromSource(arraySource(numbers(500))).pipe(to(sink)), {
        checkpoints: { interval: 1, storage: memoryCheckpoints() },
      });
      await drive(job, { seed }).finish();
      return sink.committed.map(({ values }) => values.length).join();
    };
    expect(await trace(1)).toBe(await trace(1));
    expect(new Set([await trace(1), await trace(2), await trace(3), await trace(4)]).size).toBeGreaterThan(1);
  });

  it('refuses what cannot be', async () => {
    const refused = expect.objectContaining({ code: 'SLUICE_DRIVE' });
    expect(() => drive({} as never)).toThrowError(refused);
    const driver = drive(endless());
    await expect(driver.crash('afterLunch')).rejects.toThrow(/afterBarrier.*"afterLunch"/);
    await expect(driver.restart()).rejects.toEqual(refused);
    await driver.crash();
    await expect(driver.advance(1)).rejects.toThrow('restart()');
    const without = drive(createJob('without', fromSource(arraySource(numbers(3))).pipe(to(collectSink()))));
    await expect(without.checkpoint()).rejects.toEqual(refused);
    await expect(without.crash('afterPublish')).rejects.toEqual(refused);
    await without.finish();
    const done = drive(endlessNoMore());
    await done.finish();
    await expect(done.crash('afterPublish')).rejects.toEqual(refused);
    await done.crash();
    await done.restart();
    await done.finish();
  });
});

function endlessNoMore() {
  return createJob('bounded', fromSource(arraySource(numbers(3))).pipe(to(collectSink<number>())), {
    checkpoints: { interval: '1h', storage: memoryCheckpoints() },
  });
}

/** A job whose source waits for more for ever. */
function endless(interval: Duration = '1s') {
  const source = defineSource<number, undefined, number>({
    name: 'endless',
    bounded: false,
    replayable: true,
    discover: async () => [{ id: 'all', split: undefined }],
    open: async ({ clock }) => ({
      async *read(_split, position = 0) {
        for (let n = position; ; n++) {
          yield { values: [n], positionAfter: () => n + 1 };
          await clock.sleep('1s');
        }
      },
      close: async () => {},
    }),
  });
  return createJob('endless', fromSource(source).pipe(to(collectTransactionalSink<number>())), {
    checkpoints: { interval, storage: memoryCheckpoints() },
  });
}
