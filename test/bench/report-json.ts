import { BARS, type Bar } from './bars.js';
import type { ArmFigures, Comparison, NotCompared } from './compare.js';
import type { Machine } from './machine.js';
import type { Step } from './profile.js';

/** A bar in bench.json: what is stated of all of them, and beside it what one wants to know of a figure. */
export interface BenchEntry {
  readonly bar: string;
  /** Medians; `null` where nothing could be compared. */
  readonly ours: number | null;
  readonly other: number | null;
  readonly ratio: number | null;
  readonly target: number;
  readonly unit: string;
  readonly runs: Comparison['runs'];
  readonly against: string;
  readonly tuning?: string;
  readonly reported?: boolean;
  readonly spread?: { readonly ours: Range; readonly other: Range };
  readonly keys?: number;
  /** Where the time of one element goes in our arm: own time of functions. */
  readonly steps?: readonly Step[];
  /** Why there is no ratio. */
  readonly state?: NotCompared['state'];
  readonly reason?: string;
  /** A glance, no figure to quote. */
  readonly quick?: boolean;
  readonly machine: Machine;
  /** The day of the measurement. */
  readonly date: string;
}

type Range = readonly [min: number, max: number];

export function benchEntries(
  comparisons: readonly (Comparison | NotCompared)[],
  { machine, quick = false }: { readonly machine: Machine; readonly quick?: boolean },
  now = new Date(),
): BenchEntry[] {
  const date = now.toISOString().slice(0, 10);
  return comparisons.map((comparison) => {
    const { bar } = comparison;
    const { target, unit, against, tuning, reported }: Bar = BARS[bar];
    const about = {
      against,
      ...(tuning && { tuning }),
      ...(reported && { reported }),
      ...(quick && { quick }),
      machine,
      date,
    };
    if ('state' in comparison) {
      const { state, reason } = comparison;
      return { bar, ours: null, other: null, ratio: null, target, unit, runs: [], state, reason, ...about };
    }
    const { ours, other, ratio, keys, runs } = comparison;
    const spread = { ours: range(ours), other: range(other) };
    const medians = { ours: ours.median, other: other.median };
    return { bar, ...medians, ratio, target, unit, runs, spread, ...(keys !== undefined && { keys }), ...about };
  });
}

function range({ min, max }: ArmFigures): Range {
  return [min, max];
}
