import { createJob, fromSource, to } from '@sluice/core';
import { collectTransactionalSink, SeededRandom, type SimulationReport, simulate } from '@sluice/testing';
import { map } from 'rxjs';
import { differences, type SimulatedRun } from './simulated-row.js';

/** Row 14: what tells of a complete checkpoint comes twice, late, after the next one, or never. */
export const notices: SimulatedRun = async (_mode, seed) => {
  const random = new SeededRandom(seed);
  const rates = { repeat: 0.5, slow: random.next() * 0.6, failure: random.next() * 0.04, full: 0.2 };
  const splits = Array.from({ length: random.int(1, 3) }, (_, split) =>
    Array.from({ length: random.int(5, 40) }, (_, n) => split * 1000 + n),
  );
  const all = splits.flat().map(String);
  const sink = collectTransactionalSink<string>();
  const violations: string[] = [];
  let faults = 0;
  const report: SimulationReport = await simulate({
    seed,
    faults: rates,
    build: ({ source, storage }) =>
      createJob('notices', fromSource(source(splits)).pipe(map(String), to(sink)), {
        checkpoints: { interval: random.int(5, 40), storage, tolerableFailures: 1 },
      }),
    check(phase) {
      const twice = sink.values.length - new Set(sink.values).size;
      if (twice > 0) throw new Error(`${twice} elements are there twice`);
      if (phase !== 'finished') return;
      violations.push(...differences(all, sink.values));
      if (sink.pending > 0) violations.push(`${sink.pending} transactions are still prepared`);
    },
  });
  faults += report.failures + report.lives;
  return { faults, violations };
};
