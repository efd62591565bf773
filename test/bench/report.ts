import { cpus } from 'node:os';
import type { ArmFigures, Comparison } from './compare.js';

/** The comparisons as a table, with what they were measured on. */
export function reportText(comparisons: readonly Comparison[]): string {
  const rows = [
    ['bar', 'arm', 'unit', 'median', 'min', 'max', 'wall ms', 'cpu ms', 'ratio', 'target', ''],
    ...comparisons.flatMap((comparison) => [
      [
        comparison.bar,
        ...figuresText(comparison.ours, comparison.unit),
        significant(comparison.ratio),
        `≥ ${comparison.target}`,
        comparison.ratio >= comparison.target ? 'met' : 'NOT MET',
      ],
      [`  against ${comparison.against}`, ...figuresText(comparison.other, comparison.unit), '', '', ''],
    ]),
  ];
  const besides = comparisons.map(({ bar, ratioBeforeCompletion, keys, notes, runs }) => {
    const parts = [`${runs.length} runs`];
    if (ratioBeforeCompletion !== undefined)
      parts.push(`ratio up to the last element, completion left out: ${significant(ratioBeforeCompletion)}`);
    if (keys !== undefined) parts.push(`${keys} keys`);
    if (notes) parts.push(notes);
    return `${bar}: ${parts.join(', ')}`;
  });
  return [...aligned(rows), '', ...besides, machineText()].join('\n');
}

/** What `--json` prints: per bar the medians, and under `runs` everything that was measured. */
export function reportJson(comparisons: readonly Comparison[]): string {
  return JSON.stringify(
    comparisons.map(({ bar, ours, other, ratio, target, unit, runs }) => ({
      bar,
      ours: ours.median,
      other: other.median,
      ratio,
      target,
      unit,
      runs,
    })),
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
