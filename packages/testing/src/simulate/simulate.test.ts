import { createJob, fromSource, to } from '@sluice/core';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { collectSink } from '../sinks/collect-sink.js';
import { collectTransactionalSink } from '../sinks/collect-transactional-sink.js';
import { type SimulationReport, simulate } from './simulate.js';

const splits = [Array.from({ length: 30 }, (_, n) => n), [], [100, 101, 102]];
const all = splits.flat();
const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

function exactlyOnce(seed: number): Promise<SimulationReport> {
  const sink = collectTransactionalSink<number>();
  return simulate({
    seed,
    build: ({ source, storage }) =>
      createJob(
        'numbers',
        fromSource(source(splits)).pipe(
          map((n) => n),
          to(sink),
        ),
        {
          checkpoints: { interval: 20, storage },
        },
      ),
    check(phase) {
      if (phase === 'finished') expect(ascending(sink.values)).toEqual(all);
      else expect(new Set(sink.values).size).toBe(sink.values.length);
    },
  });
}

describe('simulate', () => {
  it('crashes and restarts a job until it has done its work exactly once', async () => {
    const reports: SimulationReport[] = [];
    for (let seed = 0; seed < 100; seed++) reports.push(await exactlyOnce(seed));
    const total = (of: (report: SimulationReport) => number) => reports.reduce((sum, report) => sum + of(report), 0);
    expect(total((r) => r.lives)).toBeGreaterThan(300);
    expect(total((r) => r.zombies)).toBeGreaterThan(10);
    expect(total((r) => r.failures)).toBeGreaterThan(10);
    expect(total((r) => r.checkpoints)).toBeGreaterThan(300);
  });

  it('does the same for the same seed', async () => {
    for (const seed of [1, 2, 3]) expect(await exactlyOnce(seed)).toEqual(await exactlyOnce(seed));
  });

  it('tells the seed when a check fails', async () => {
    const sink = collectSink<number>();
    const failing = async () => {
      for (let seed = 0; seed < 50; seed++) {
        await simulate({
          seed,
          build: ({ source, storage }) =>
            createJob('numbers', fromSource(source(splits)).pipe(to(sink)), { checkpoints: { interval: 20, storage } }),
          check: () => {
            if (new Set(sink.values).size < sink.values.length) throw new Error('twice');
          },
        });
      }
    };
    await expect(failing()).rejects.toThrow(/seed \d+.*twice/);
  });
});
