import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../tasks/root.js';
import { ALL_BARS } from './bars.js';
import { namedBars, QUOTING, quoted } from './quote.js';
import type { BenchEntry } from './report-json.js';

const entry: BenchEntry = {
  bar: 'q17-loop',
  ours: 7.251,
  other: 11.4,
  ratio: 0.636,
  target: 0.5,
  unit: 'M elements/s',
  runs: [],
  against: 'a loop by hand',
  steps: [{ name: 'next', ns: 12.34 }],
  machine: { cpu: 'Some CPU', cores: 2, memory: 24, system: 'linux', node: 'v20' },
  date: '2026-11-23',
};

describe('figures in documents', () => {
  it('are those of bench.json', () => {
    const text = 'Before\n<!-- figures: q17-loop gone -->\nold\n<!-- end of figures -->\nbehind';
    const now = quoted(text, [entry]);
    expect(now).toContain('| q17-loop | a loop by hand | 7.25 | 11.4 | M elements/s | 0.636 | 0.5 |');
    expect(now).toContain('2026-11-23: 2 × Some CPU, 24 GiB, linux, Node v20.');
    expect(now).not.toContain('old');
    expect(now).toMatch(/^Before\n[\s\S]*\nbehind$/);
    expect(quoted(now, [entry])).toBe(now);
  });

  it('are none when nothing was measured', () => {
    const text = '<!-- figures: q17-loop -->\nold\n<!-- end of figures -->';
    expect(quoted(text, [])).toBe('<!-- figures: q17-loop -->\n<!-- end of figures -->');
  });

  it('say where the time of an element goes', () => {
    const text = '<!-- figures: steps q17-loop -->\n<!-- end of figures -->';
    expect(quoted(text, [entry])).toContain('| 12.3 | `next` |');
    expect(quoted(text, [entry])).toContain('One run under the sampling profiler');
  });

  it('tell how often was measured also when the first bar could not be', () => {
    const run = { wallMs: 1, cpuMs: 1, outputs: 1, checksum: 1 };
    const missing: BenchEntry = { ...entry, bar: 'q1', ours: null, other: null, ratio: null, state: 'not available' };
    const measured: BenchEntry = { ...entry, runs: [{ ours: run, other: run }] };
    const text = '<!-- figures: q1 q17-loop -->\n<!-- end of figures -->';
    expect(quoted(text, [missing, measured])).toContain('Medians of 1 runs, 2026-11-23');
  });

  it.each(QUOTING)('of %s are of bars that there are', (document) => {
    expect(ALL_BARS).toEqual(expect.arrayContaining(namedBars(readFileSync(join(root, document), 'utf8'))));
  });

  // A glance that somebody has taken is not quoted.
  it.skipIf(committed().some(({ quick }) => quick)).each(QUOTING)('of %s are up to date', (document) => {
    const text = readFileSync(join(root, document), 'utf8');
    expect(text).toContain('<!-- figures: ');
    expect(quoted(text, committed())).toBe(text);
  });
});

function committed(): BenchEntry[] {
  const file = join(root, 'bench.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BenchEntry[]) : [];
}
