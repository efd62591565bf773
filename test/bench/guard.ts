import type { BenchEntry } from './report-json.js';

/** A ratio may fall to this share of the committed one: other machines and other work on them make so much. */
const SHARE = 0.7;

export interface Regression {
  readonly bar: string;
  readonly ratio: number;
  readonly committed: number;
}

/** Bars whose ratio is far below the committed one. Ratios alone are compared: times are the machine's. */
export function regressions(committed: readonly BenchEntry[], measured: readonly BenchEntry[]): Regression[] {
  const ratios = new Map(measured.map(({ bar, ratio }) => [bar, ratio]));
  return committed.flatMap(({ bar, ratio: before }) => {
    const ratio = ratios.get(bar);
    // Not measured then, or not to be measured here.
    if (before === null || ratio === null || ratio === undefined) return [];
    return ratio < before * SHARE ? [{ bar, ratio, committed: before }] : [];
  });
}

export function regressionText({ bar, ratio, committed }: Regression): string {
  return `${bar}: ratio ${ratio.toPrecision(3)}, committed ${committed.toPrecision(3)}: less than ${SHARE} of it`;
}
