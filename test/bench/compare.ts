import type { ArmResult } from './arm.js';
import type { ArmName } from './arms.js';
import { BARS, type Bar, type BarName, type Unit } from './bars.js';
import { Unavailable } from './unavailable.js';

/** What each arm has measured, or why it could not. */
export type ArmRuns = ReadonlyMap<ArmName, readonly ArmResult[] | Error>;

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
  readonly ours: ArmFigures;
  readonly other: ArmFigures;
  readonly ratio: number;
  /** The same up to the last element, without what the arms then take to complete. */
  readonly ratioBeforeCompletion: number | undefined;
  readonly keys: number | undefined;
  readonly notes: string;
  readonly runs: readonly { readonly ours: ArmResult; readonly other: ArmResult }[];
}

/** A bar without a ratio: an arm could not run on this machine, failed, or did not do the same as the other. */
export interface NotCompared {
  readonly bar: BarName;
  readonly state: 'not available' | 'failed';
  readonly reason: string;
}

/** Puts two arms side by side. */
export function compare(name: BarName, arms: ArmRuns): Comparison | NotCompared {
  const bar: Bar = BARS[name];
  const ours = arms.get(bar.ours) ?? [];
  const other = arms.get(bar.other) ?? [];
  if (ours instanceof Error) return notCompared(name, bar.ours, ours);
  if (other instanceof Error) return notCompared(name, bar.other, other);
  const outputs = new Set([...ours, ...other].map((run) => `${run.outputs} outputs, checksum ${run.checksum}`));
  if (outputs.size > 1) {
    const reason = `the arms do not do the same: ${[...outputs].join(' against ')}`;
    return { bar: name, state: 'failed', reason };
  }
  const measured = { ours: figures(bar, bar.ours, ours), other: figures(bar, bar.other, other) };
  return {
    bar: name,
    ...measured,
    ratio: greaterIsBetter(bar.unit)
      ? measured.ours.median / measured.other.median
      : measured.other.median / measured.ours.median,
    ratioBeforeCompletion: bar.unit === 'M elements/s' ? untilLastElement(other) / untilLastElement(ours) : undefined,
    keys: ours[0]?.keys,
    notes: [notesOf(ours.at(-1)), notesOf(other.at(-1))].filter((notes) => notes !== '').join('; '),
    runs: ours.map((run, at) => ({ ours: run, other: other[at] as ArmResult })),
  };
}

function greaterIsBetter(unit: Unit): boolean {
  return unit === 'M elements/s' || unit === 'M elements/CPU s';
}

function notCompared(bar: BarName, arm: ArmName, error: Error): NotCompared {
  return { bar, state: error instanceof Unavailable ? 'not available' : 'failed', reason: `${arm}: ${error.message}` };
}

function figures({ unit }: Bar, arm: ArmName, results: readonly ArmResult[]): ArmFigures {
  const measured = results.map((result) => figure(unit, result));
  return {
    arm,
    ...spread(measured),
    wallMs: spread(results.map(({ wallMs }) => wallMs)).median,
    cpuMs: spread(results.map(({ cpuMs }) => cpuMs)).median,
  };
}

function figure(unit: Unit, { wallMs, cpuMs, elements = Number.NaN, bytes = Number.NaN }: ArmResult): number {
  switch (unit) {
    case 'M elements/s':
      return elements / wallMs / 1000;
    case 'M elements/CPU s':
      return elements / cpuMs / 1000;
    case 'ms':
      return wallMs;
    case 'bytes':
      return bytes;
  }
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
