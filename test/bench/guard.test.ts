import { describe, expect, it } from 'vitest';
import { regressions, regressionText } from './guard.js';
import type { BenchEntry } from './report-json.js';

const entry = (bar: string, ratio: number | null): BenchEntry => ({
  bar,
  ours: ratio,
  other: 1,
  ratio,
  target: 0.5,
  unit: 'M elements/s',
  runs: [],
  against: 'a loop by hand',
  machine: { cpu: 'Some CPU', cores: 2, memory: 24, system: 'linux', node: 'v20' },
  date: '2026-11-23',
});

describe('the guard against regressions', () => {
  it('says which ratio is far below the committed one', () => {
    const found = regressions([entry('q1', 1), entry('q17-loop', 0.6)], [entry('q1', 0.69), entry('q17-loop', 0.43)]);
    expect(found).toEqual([{ bar: 'q1', ratio: 0.69, committed: 1 }]);
    expect(found.map(regressionText)).toEqual(['q1: ratio 0.690, committed 1.00: less than 0.7 of it']);
  });

  it('passes over bars that were not measured, then or now', () => {
    const committed = [entry('q4-flink', null), entry('q5-flink', 3), entry('gone', 2)];
    expect(regressions(committed, [entry('q4-flink', 0.1), entry('q5-flink', null), entry('new', 0.1)])).toEqual([]);
  });
});
