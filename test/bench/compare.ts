import type { ArmResult } from './arm.js';
import type { ArmName } from './arms.js';
import { BARS, type Bar, type BarName } from './bars.js';

export type ArmRuns = ReadonlyMap<ArmName, readonly ArmResult[]>;

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface ArmFigures extends Spread {
  readonly arm: ArmName;
  /** Milliseconds of wall and of CPU time, medians. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

export interface Comparison {
  readonly bar: BarName;
  readonly against: string;
  readonly ours: ArmFigures;
  readonly other: ArmFigures;
  readonly ratio: number;
  /** The same up to the last element, without what the arms then take to complete. */
  readonly ratioBeforeCompletion: number | undefined;
  readonly target: number;
  readonly unit: Bar['unit'];
  readonly keys: number | undefined;
  readonly notes: string;
  readonly runs: readonly { readonly ours: ArmResult; readonly other: ArmResult }[];
}

/** Puts two arms side by side. @throws when their outputs differ: then they did not do the same. */
export function compare(name: BarName, arms: ArmRuns): Comparison {
  const bar: Bar = BARS[name];
  const ours = arms.get(bar.ours) ?? [];
  const other = arms.get(bar.other) ?? [];
  assertEqualOutputs(name, [...ours, ...other]);
  const measured = { ours: figures(bar, bar.ours, ours), other: figures(bar, bar.other, other) };
  const timed = bar.unit !== 'ms';
  return {
    bar: name,
    against: bar.against,
    ...measured,
    ratio: timed ? measured.ours.median / measured.other.median : measured.other.median / measured.ours.median,
    ratioBeforeCompletion: timed ? untilLastElement(other) / untilLastElement(ours) : undefined,
    target: bar.target,
    unit: bar.unit,
    keys: ours[0]?.keys,
    notes: notesOf(ours.at(-1)),
    runs: ours.map((run, at) => ({ ours: run, other: other[at] as ArmResult })),
  };
}

function assertEqualOutputs(bar: BarName, results: readonly ArmResult[]): void {
  const outputs = new Set(results.map((result) => `${result.outputs} outputs, checksum ${result.checksum}`));
  if (outputs.size > 1) throw new Error(`${bar}: the arms do not do the same: ${[...outputs].join(' against ')}`);
}

function figures({ unit }: Bar, arm: ArmName, results: readonly ArmResult[]): ArmFigures {
  const measured = results.map(({ wallMs, elements }) =>
    unit === 'ms' ? wallMs : (elements ?? Number.NaN) / wallMs / 1000,
  );
  return {
    arm,
    ...spread(measured),
    wallMs: spread(results.map(({ wallMs }) => wallMs)).median,
    cpuMs: spread(results.map(({ cpuMs }) => cpuMs)).median,
  };
}

function untilLastElement(results: readonly ArmResult[]): number {
  return spread(results.map(({ wallMs, completionMs = 0 }) => wallMs - completionMs)).median;
}

export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return { median: (lower + upper) / 2, min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

function notesOf(result: ArmResult | undefined): string {
  return Object.entries(result?.notes ?? {})
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}
