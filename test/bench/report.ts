import { cpus } from 'node:os';
import { BARS, type Bar } from './bars.js';
import type { ArmFigures, Comparison, NotCompared } from './compare.js';

/** The comparisons as a table, with what they were measured on. */
export function reportText(comparisons: readonly (Comparison | NotCompared)[]): string {
  const rows = [
    ['bar', 'arm', 'unit', 'median', 'min', 'max', 'wall ms', 'cpu ms', 'ratio', 'target', ''],
    ...comparisons.flatMap(rowsOf),
  ];
  return [...aligned(rows), '', ...comparisons.map(besides), machineText()].join('\n');
}

function rowsOf(comparison: Comparison | NotCompared): string[][] {
  const { ours, against, target, unit, reported }: Bar = BARS[comparison.bar];
  if ('unavailable' in comparison) {
    return [
      [comparison.bar, ours, unit, '', '', '', '', '', '', `≥ ${target}`, 'not available'],
      [`  against ${against}`],
    ];
  }
  const verdict = comparison.ratio >= target ? 'met' : 'NOT MET';
  return [
    [
      comparison.bar,
      ...figuresText(comparison.ours, unit),
      significant(comparison.ratio),
      `≥ ${target}`,
      reported ? 'reported' : verdict,
    ],
    [`  against ${against}`, ...figuresText(comparison.other, unit), '', '', ''],
  ];
}

function besides(comparison: Comparison | NotCompared): string {
  const { bar } = comparison;
  if ('unavailable' in comparison) return `${bar}: ${comparison.arm} is not available: ${comparison.unavailable}`;
  const { ratioBeforeCompletion, keys, notes, runs } = comparison;
  const { tuning }: Bar = BARS[bar];
  const parts = [`${runs.length} runs`];
  if (ratioBeforeCompletion !== undefined)
    parts.push(`ratio up to the last element, completion left out: ${significant(ratioBeforeCompletion)}`);
  if (keys !== undefined) parts.push(`${keys} keys`);
  if (notes) parts.push(notes);
  if (tuning !== undefined) parts.push(`against: ${tuning}`);
  return `${bar}: ${parts.join(', ')}`;
}

/** What `--json` prints: per bar the medians, and under `runs` everything that was measured. */
export function reportJson(comparisons: readonly (Comparison | NotCompared)[]): string {
  return JSON.stringify(
    comparisons.map((comparison) => {
      const { bar } = comparison;
      const { target, unit } = BARS[bar];
      if ('unavailable' in comparison) {
        const { unavailable } = comparison;
        return { bar, ours: null, other: null, ratio: null, target, unit, runs: [], unavailable };
      }
      const { ours, other, ratio, runs } = comparison;
      return { bar, ours: ours.median, other: other.median, ratio, target, unit, runs };
    }),
  );
}

function machineText(): string {
  const [cpu] = cpus();
  return `Node ${process.version}, ${cpus().length} × ${cpu?.model.trim() ?? 'unknown CPU'}; medians; ratio of the medians`;
}

function figuresText({ arm, median, min, max, wallMs, cpuMs }: ArmFigures, unit: string): string[] {
  return [arm, unit, ...[median, min, max].map(significant), wallMs.toFixed(1), cpuMs.toFixed(0)];
}

function significant(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
