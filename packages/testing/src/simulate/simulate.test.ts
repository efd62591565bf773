import { createJob, fromSource, to } from '@sluice/core';
import { map } from 'rxjs';
import { describe, expect, it, vi } from 'vitest';
import { collectSink } from '../sinks/collect-sink.js';
import { collectTransactionalSink } from '../sinks/collect-transactional-sink.js';
import { simulate } from './simulate.js';
import type { DefineSimulation, SimulationReport } from './simulation.js';
import { formatPlan, parsePlan } from './simulation-plan.js';

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

/** At-least-once, and called exactly-once: elements come twice after a crash. */
const wrong: DefineSimulation = ({ source, storage, input }) => {
  const numbers = input(splits);
  const sink = collectSink<number>();
  return {
    job: () =>
      createJob('numbers', fromSource(source(numbers)).pipe(to(sink)), { checkpoints: { interval: 20, storage } }),
    check: () => {
      if (new Set(sink.values).size < sink.values.length) throw new Error('twice');
    },
  };
};

describe('simulate, many seeds', () => {
  it('answers what has happened in all of them', async () => {
    const report = await simulate(
      ({ source, storage, input }) => {
        const numbers = input(splits);
        const sink = collectTransactionalSink<number>();
        return {
          job: () =>
            createJob('numbers', fromSource(source(numbers)).pipe(to(sink)), {
              checkpoints: { interval: 20, storage },
            }),
          check(phase) {
            if (phase === 'finished') expect(ascending(sink.values)).toEqual(numbers.flat());
          },
        };
      },
      { seeds: 60, planned: [{ at: 'sink.commit', does: 'repeat', times: 3 }] },
    );
    expect(report.runs).toBe(60);
    expect(report.lives).toBeGreaterThan(150);
  });

  it('makes a failure smaller, to one line that runs exactly that again', async () => {
    const failure = await simulate(wrong, { seeds: 50 }).catch((error: Error) => error);
    const text = String(failure);
    expect(text).toMatch(/seed \d+: .*twice.* after 1 crashes and 0 faults, an input of 1 elements/);
    const line = /SIMULATE_PLAN=(\d+\/c1\/f\/i\d+) /.exec(text);
    expect(line).not.toBeNull();
    const plan = line?.[1] as string;
    await expect(simulate(wrong, { seeds: [plan], shrink: false })).rejects.toThrow(/twice.*an input of 1 elements/);
    vi.stubEnv('SIMULATE_PLAN', plan);
    try {
      await expect(simulate(wrong, { seeds: 1, shrink: false })).rejects.toThrow(/an input of 1 elements/);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it('keeps the faults that a failure needs', async () => {
    const failure = await simulate(
      ({ source, storage, input }) => {
        const numbers = input(splits);
        const sink = collectTransactionalSink<number>();
        let failures = 0;
        return {
          job: () => {
            const job = createJob('numbers', fromSource(source(numbers)).pipe(to(sink)), {
              checkpoints: { interval: 20, storage },
            });
            job.events.subscribe(({ type }) => {
              if (type === 'restarting') failures++;
            });
            return job;
          },
          check() {
            if (failures > 0) throw new Error('it failed');
          },
        };
      },
      { seeds: 50, faults: { failure: 0.05 } },
    ).catch((error: Error) => error);
    expect(String(failure)).toMatch(/it failed.* after \d crashes and [1-3] faults/);
  });

  it('reads the plans that it writes', () => {
    for (const plan of [{ seed: 3 }, { seed: 4, crashes: 2, faults: [1, 20], input: [0] }, { seed: 5, faults: [] }])
      expect(parsePlan(formatPlan(plan))).toEqual(plan);
    expect(() => parsePlan('x')).toThrowError(expect.objectContaining({ code: 'SLUICE_SIMULATION' }));
  });
});
