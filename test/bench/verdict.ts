import { BARS, type Bar } from './bars.js';
import type { Comparison, NotCompared } from './compare.js';

export type Verdict = 'met' | 'NOT MET' | 'reported' | NotCompared['state'];

export function verdictOf(comparison: Comparison | NotCompared): Verdict {
  if ('state' in comparison) return comparison.state;
  const { target, reported }: Bar = BARS[comparison.bar];
  if (reported) return 'reported';
  return comparison.ratio >= target ? 'met' : 'NOT MET';
}

/** Three digits, whatever the size. */
export function significant(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}
