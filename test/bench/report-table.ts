import Table from 'cli-table3';
import { BARS, type Bar, GROUPS, NOT_YET, type Unit } from './bars.js';
import type { ArmFigures, Comparison, NotCompared } from './compare.js';
import { type Machine, machineText } from './machine.js';
import { significant, verdictOf } from './verdict.js';

export interface Heading {
  readonly machine: Machine;
  readonly quick: boolean;
  /** What this machine cannot measure yet belongs under a report of everything. */
  readonly all: boolean;
}

/** The comparisons as a table with a bar drawn for each, and below it what they were measured with. */
export function reportTable(
  comparisons: readonly (Comparison | NotCompared)[],
  { machine, quick, all }: Heading,
): string {
  const table = new Table({
    head: ['bar', 'arm', 'median', 'min', 'max', 'unit', 'wall ms', 'CPU ms', 'ratio', 'target', '', ''],
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'right', 'right', 'right', 'right', 'left', 'left'],
    style: { head: [], border: [], compact: true },
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  const groups = GROUPS.map(({ title, bars }) => ({
    title,
    members: comparisons.filter(({ bar }) => bars.includes(bar)),
  })).filter(({ members }) => members.length > 0);
  for (const { title, members } of groups) {
    if (groups.length > 1) table.push(titleRow(title));
    for (const comparison of members) table.push(...rowsOf(comparison));
  }
  if (all) {
    table.push(titleRow('Not yet'));
    for (const { bar, against, target } of NOT_YET) {
      table.push([bar, '', '', '', '', '', '', '', '', `≥ ${target}`, '', 'not yet']);
      table.push([`  against ${against}`, ...blanks(11)]);
    }
  }
  return [
    table.toString(),
    '',
    ...comparisons.flatMap(besides),
    `${machineText(machine)}; medians, ratio of the medians; ${DRAWN} is the target`,
    ...(quick ? ['QUICK: one run, a fifth of the elements. A glance; nothing here is a figure to quote.'] : []),
  ].join('\n');
}

function titleRow(title: string): { content: string; colSpan: number }[] {
  return [{ content: title.toUpperCase(), colSpan: 12 }];
}

function rowsOf(comparison: Comparison | NotCompared): string[][] {
  const { against, target, unit }: Bar = BARS[comparison.bar];
  const verdict = verdictOf(comparison);
  if ('state' in comparison) {
    return [
      [comparison.bar, ...blanks(8), `≥ ${target}`, '', verdict],
      [`  against ${against}`, ...blanks(11)],
    ];
  }
  const { bar, ours, other, ratio } = comparison;
  return [
    [bar, ...figuresText(ours, unit), significant(ratio), `≥ ${target}`, drawn(ratio / target), verdict],
    [`  against ${against}`, ...figuresText(other, unit), '', '', '', ''],
  ];
}

/** Blocks up to the target; a line is drawn at it. */
const BLOCKS = 10;
const LONGEST = 20;
const DRAWN = `${'█'.repeat(BLOCKS)}│`;

/** The ratio by its target: ten blocks when it is just met, at most twenty. */
export function drawn(share: number): string {
  const blocks = Math.min(LONGEST, Math.floor(share * BLOCKS));
  const more = share * BLOCKS > LONGEST ? '…' : '';
  const bar = `${'█'.repeat(blocks)}${blocks < BLOCKS && share * BLOCKS - blocks >= 0.5 ? '▌' : ''}`.padEnd(BLOCKS);
  return `${bar.slice(0, BLOCKS)}│${bar.slice(BLOCKS)}${more}`;
}

function besides(comparison: Comparison | NotCompared): string[] {
  const { bar } = comparison;
  const { tuning }: Bar = BARS[bar];
  if ('state' in comparison) return [`${bar}: ${comparison.state}: ${comparison.reason}`];
  const { ratioBeforeCompletion, keys, notes, runs } = comparison;
  const parts = [`${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`];
  if (ratioBeforeCompletion !== undefined)
    parts.push(`ratio up to the last element, completion left out: ${significant(ratioBeforeCompletion)}`);
  if (keys !== undefined) parts.push(`${keys} keys`);
  if (notes) parts.push(notes);
  return [`${bar}: ${parts.join(', ')}`, ...(tuning === undefined ? [] : [`  tuned: ${tuning}`])];
}

function figuresText({ arm, median, min, max, wallMs, cpuMs }: ArmFigures, unit: Unit): string[] {
  return [arm, ...[median, min, max].map(significant), unit, wallMs.toFixed(1), cpuMs.toFixed(0)];
}

function blanks(count: number): string[] {
  return Array.from({ length: count }, () => '');
}
