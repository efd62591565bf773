import {
  aggregate,
  arraySource,
  countOf,
  createJob,
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
});
