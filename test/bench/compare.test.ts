import { describe, expect, it } from 'vitest';
import type { ArmResult } from './arm.js';
import type { ArmName } from './arms.js';
import type { BarName } from './bars.js';
import { type ArmRuns, type Comparison, compare, spread } from './compare.js';
import { reportJson, reportText } from './report.js';
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
  if ('unavailable' in comparison) throw new Error(comparison.unavailable);
  return comparison;
}

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
    expect(() => compare('q1', arms)).toThrow(/q1: the arms do not do the same/);
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
    expect(comparison).toEqual({ bar: 'q1', arm: 'q1-rxjs', unavailable: missing.message });
    expect(reportText([comparison])).toContain('q1: q1-rxjs is not available: no java');
    expect(JSON.parse(reportJson([comparison]))).toMatchObject([
      { bar: 'q1', ratio: null, unavailable: missing.message },
    ]);
  });

  it('ends the run when it fails for another reason', async () => {
    const failing = runArms(
      ['q1'],
      1,
      () => Promise.reject(new Error('out of memory')),
      () => {},
    );
    await expect(failing).rejects.toThrow('out of memory');
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

  it('says of each bar whether it is met, with keys and notes', () => {
    const text = reportText([met, missed]);
    expect(text).toMatch(/^q1 .* 1\.10 +≥ 0\.95 +met$/m);
    expect(text).toMatch(/^q17-loop .* 0\.100 +≥ 0\.5 +NOT MET$/m);
    expect(text).toContain('checkpoints: 4');
    expect(text).toContain('5 keys');
  });

  it('is one line of JSON', () => {
    const text = reportJson([met, missed]);
    expect(text).not.toContain('\n');
    const [first] = JSON.parse(text);
    expect(Object.keys(first)).toEqual(['bar', 'ours', 'other', 'ratio', 'target', 'unit', 'runs']);
    expect(first).toMatchObject({ bar: 'q1', ours: 100, target: 0.95, unit: 'M elements/s' });
    expect(first.runs).toHaveLength(1);
  });
});
