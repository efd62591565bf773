import type { RowResult } from './run-row.js';

/** Of one mode, all points together: what `--json` prints. */
export interface Summary {
  readonly row: number;
  readonly mode: string;
  readonly seed: number;
  readonly runs: number;
  readonly faults: number;
  /** Runs in which something was wrong. */
  readonly violations: number;
  readonly seconds: number;
}

const columns = [5, 36, 33, 6, 7, 11, 8] as const;
const line = (cells: readonly (string | number)[]): string =>
  cells
    .map((cell, index) => String(cell).padEnd(columns[index] ?? 0))
    .join('')
    .trimEnd();

export const heading = line(['row', 'mode', 'point', 'runs', 'faults', 'violations', 'seconds']);

export function resultLine(row: number, { mode, point, runs, faults, failures, seconds }: RowResult): string {
  return line([row, mode, point ?? '', runs, faults, failures.length, seconds.toFixed(1)]);
}

/** Runs that are shown; thousands may have failed for one reason. */
const SHOWN = 10;

/** What was wrong, and what repeats it. */
export function failureLines(row: number, { mode, point, failures }: RowResult): string[] {
  const more = failures.length > SHOWN ? [`  and ${failures.length - SHOWN} more runs`] : [];
  const shown = failures
    .slice(0, SHOWN)
    .flatMap(({ seed, violations }) => [
      ...violations.slice(0, 8).map((violation) => `  ${violation}`),
      ...(violations.length > 8 ? [`  and ${violations.length - 8} more`] : []),
      `  repeat it: npm run chaos -- --row ${row} --mode ${quoted(mode)}${point === undefined ? '' : ` --point ${point}`} --seed ${seed} --runs 1`,
    ]);
  return [...shown, ...more];
}

function quoted(text: string): string {
  return text.includes(' ') ? `'${text}'` : text;
}

export function summaries(row: number, seed: number, results: readonly RowResult[]): Summary[] {
  return [...new Set(results.map(({ mode }) => mode))].map((mode) => {
    const own = results.filter((result) => result.mode === mode);
    const sum = (count: (result: RowResult) => number): number =>
      own.reduce((total, result) => total + count(result), 0);
    return {
      row,
      mode,
      seed,
      runs: sum(({ runs }) => runs),
      faults: sum(({ faults }) => faults),
      violations: sum(({ failures }) => failures.length),
      seconds: Math.round(sum(({ seconds }) => seconds) * 10) / 10,
    };
  });
}
