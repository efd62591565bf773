import { describe, expect, it } from 'vitest';
import type { ArmResult } from './arm.js';
import type { ArmName } from './arms.js';
import { ALL_BARS, type BarName, GROUPS } from './bars.js';
import { type ArmRuns, type Comparison, compare, spread } from './compare.js';
import { reportHtml } from './report-html.js';
import { benchEntries } from './report-json.js';
import { drawn, reportTable } from './report-table.js';
import { runArms } from './run-arms.js';
import { Unavailable } from './unavailable.js';

const same = { outputs: 10, checksum: 4711 };
const run = (wallMs: number, more: Partial<ArmResult> = {}): ArmResult => ({
  ...same,
  elements: 1_000_000,
  wallMs,
  cpuMs: wallMs,
  ...more,
});

function compared(bar: BarName, arms: ArmRuns): Comparison {
  const comparison = compare(bar, arms);
  if ('state' in comparison) throw new Error(comparison.reason);
  return comparison;
}

const machine = { cpu: 'Some CPU', cores: 2, memory: 24, system: 'linux x64 6.1', node: 'v20.20.2' };
const heading = { machine, quick: false, all: false };

describe('spread', () => {
  it('is median, least and greatest', () => {
    expect(spread([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spread([4, 1, 2, 3])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(spread([5])).toEqual({ median: 5, min: 5, max: 5 });
  });
});

describe('compare', () => {
  it('puts throughput ours ÷ other', () => {
    const arms = new Map<ArmName, ArmResult[]>([
      ['q17-job', [run(100, { keys: 3 }), run(110), run(90)]],
      ['q17-loop', [run(50), run(50), run(1000)]],
    ]);
    const { ours, other, ratio, keys } = compared('q17-loop', arms);
    expect(ours.median).toBe(10);
    expect(ours.min).toBeCloseTo(1000 / 110);
    expect(ours.max).toBeCloseTo(1000 / 90);
    expect(other.median).toBe(20);
    expect([ratio, keys]).toEqual([0.5, 3]);
  });

  it('puts pauses other ÷ ours', () => {
    const arms = new Map<ArmName, ArmResult[]>([
      ['pause-job', [run(10)]],
      ['pause-serialize', [run(400)]],
    ]);
    expect(compare('pause', arms)).toMatchObject({ ratio: 40, ours: { median: 10 }, other: { median: 400 } });
  });

  it('leaves completion out in a second ratio', () => {
    const arms = new Map<ArmName, ArmResult[]>([
      ['q17-job', [run(100)]],
      ['q17-rxjs', [run(5000, { completionMs: 4000 })]],
    ]);
    expect(compare('q17-rxjs', arms)).toMatchObject({ ratio: 50, ratioBeforeCompletion: 10 });
  });

  it.each([
    ['fewer outputs', { outputs: 9 }],
    ['other outputs', { checksum: 1 }],
  ])('refuses arms with %s', (_, different) => {
    const arms = new Map<ArmName, ArmResult[]>([
      ['q1-job', [run(10), run(10, different)]],
      ['q1-rxjs', [run(10), run(10)]],
    ]);
    expect(compare('q1', arms)).toMatchObject({
      state: 'failed',
      reason: expect.stringContaining('the arms do not do the same'),
    });
  });
});

describe('runArms', () => {
  it('interleaves the arms, every second time the other way round, and runs a shared one once', async () => {
    const order: string[] = [];
    const results = await runArms(
      ['q17-loop', 'q17-after30'],
      2,
      async (arm) => {
        order.push(arm);
        return run(1);
      },
      () => {},
    );
    const arms = ['q17-job', 'q17-loop', 'q17-after-others'];
    expect(order).toEqual([...arms, ...[...arms].reverse()]);
    expect(results.get('q17-job')).toHaveLength(2);
  });
});

describe('an arm that the machine cannot run', () => {
  const missing = new Unavailable('no java: apt-get install openjdk-17-jre');

  it('is asked once, and its bar says so', async () => {
    let asked = 0;
    const arms = await runArms(
      ['q1'],
      3,
      async (arm) => {
        if (arm === 'q1-job') return run(1);
        asked++;
        throw missing;
      },
      () => {},
    );
    expect(asked).toBe(1);
    const comparison = compare('q1', arms);
    expect(comparison).toEqual({ bar: 'q1', state: 'not available', reason: `q1-rxjs: ${missing.message}` });
    expect(reportTable([comparison], heading)).toContain('q1: not available: q1-rxjs: no java');
    const [entry] = benchEntries([comparison], { machine });
    expect(entry).toMatchObject({ bar: 'q1', ratio: null, state: 'not available' });
  });

  it('keeps no other bar from being measured when it fails', async () => {
    const results = await runArms(
      ['q1', 'pipeline'],
      2,
      (arm) => (arm === 'q1-job' ? Promise.reject(new Error('out of memory')) : Promise.resolve(run(1))),
      () => {},
    );
    expect(compare('q1', results)).toEqual({ bar: 'q1', state: 'failed', reason: 'q1-job: out of memory' });
    expect(compared('pipeline', results).ratio).toBe(1);
  });
});

describe('the report', () => {
  const met = compared(
    'q1',
    new Map<ArmName, ArmResult[]>([
      ['q1-job', [run(10, { notes: { checkpoints: 4 } })]],
      ['q1-rxjs', [run(11)]],
    ]),
  );
  const missed = compared(
    'q17-loop',
    new Map<ArmName, ArmResult[]>([
      ['q17-job', [run(100, { keys: 5 })]],
      ['q17-loop', [run(10)]],
    ]),
  );

  it('says of each bar whether it is met, with keys, notes and the machine', () => {
    const text = reportTable([met, missed], heading);
    expect(text).toMatch(/q1 .*1\.10.*≥ 0\.95.* met/);
    expect(text).toMatch(/q17-loop .*0\.100.*≥ 0\.5.*NOT MET/);
    expect(text).toContain('checkpoints: 4');
    expect(text).toContain('5 keys');
    expect(text).toContain('2 × Some CPU, 24 GiB, linux x64 6.1, Node v20.20.2');
    expect(text).not.toContain('QUICK');
  });

  it('says when it is only a glance, and what cannot be measured yet', () => {
    const text = reportTable([met], { ...heading, quick: true, all: true });
    expect(text).toContain('QUICK');
    expect(text).toMatch(/rocksdb .*not yet/);
  });

  it('puts bars of a kind together when there are several kinds', () => {
    expect(reportTable([met], heading)).not.toContain('PLAIN CODE');
    expect(GROUPS.flatMap(({ bars }) => bars).sort()).toEqual([...ALL_BARS].sort());
    const missing = compare('pause', new Map([['pause-job', new Unavailable('no memory')]]));
    expect(reportTable([missing, met], heading)).toMatch(
      /AGAINST PLAIN CODE AND RXJS[\s\S]*q1[\s\S]*CHECKPOINTS AND STATE[\s\S]*pause/,
    );
  });

  it('draws each ratio against its target', () => {
    expect(drawn(1)).toBe('██████████│');
    expect(drawn(0.5)).toBe('█████     │');
    expect(drawn(0.55)).toBe('█████▌    │');
    expect(drawn(1.5)).toBe('██████████│█████');
    expect(drawn(73)).toBe('██████████│██████████…');
  });

  it('is a list of entries in the stated form, with the machine and the day', () => {
    const [first] = JSON.parse(
      JSON.stringify(benchEntries([met, missed], { machine }, new Date('2026-11-23T10:00:00Z'))),
    );
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining(['bar', 'ours', 'other', 'ratio', 'target', 'unit', 'runs']),
    );
    expect(first).toMatchObject({
      bar: 'q1',
      ours: 100,
      target: 0.95,
      unit: 'M elements/s',
      machine,
      date: '2026-11-23',
    });
    expect(first.runs).toHaveLength(1);
  });

  it('is a page in which a text ends no script', async () => {
    const page = await reportHtml(benchEntries([met, missed], { machine: { ...machine, cpu: '</script><b>' } }));
    expect(page).toContain('"bar":"q1"');
    expect(page).not.toContain('</script><b>');
    expect(page).not.toMatch(/\/\*(LIBRARY|ENTRIES|GROUPS|NOT_YET|MEASURED)\*\//);
  });
});
