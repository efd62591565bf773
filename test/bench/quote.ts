import { machineText } from './machine.js';
import type { BenchEntry } from './report-json.js';
import { significant } from './verdict.js';

/** Documents that quote figures, relative to the root. */
export const QUOTING = ['README.md', 'docs/performance.md'];

const BLOCK = /(<!-- figures: ([^>]+?) -->\n)([\s\S]*?)(<!-- end of figures -->)/g;

/** The bars that a document's blocks name. */
export function namedBars(text: string): string[] {
  return [...text.matchAll(BLOCK)].flatMap(([, , wanted = '']) => wanted.split(' ')).filter((name) => name !== 'steps');
}

/**
 * The text with each of its blocks of figures as bench.json has them:
 * `<!-- figures: q1 q17-loop -->` … `<!-- end of figures -->` is a table of these bars, `steps q17-loop` where the time of an element goes.
 */
export function quoted(text: string, entries: readonly BenchEntry[]): string {
  const known = new Map(entries.map((entry) => [entry.bar, entry]));
  return text.replace(BLOCK, (_, begin: string, wanted: string, __, end: string) => {
    const [first, ...rest] = wanted.split(' ');
    const bars = (first === 'steps' ? rest : [first, ...rest]).flatMap((bar) => known.get(bar ?? '') ?? []);
    const lines = first === 'steps' ? bars.flatMap(steps) : figures(bars);
    return `${begin}${lines.map((line) => `${line}\n`).join('')}${end}`;
  });
}

function figures(entries: readonly BenchEntry[]): string[] {
  const [first] = entries;
  if (first === undefined) return [];
  return [
    '',
    '| bar | against | ours | other | | ratio | target |',
    '| --- | --- | ---: | ---: | --- | ---: | ---: |',
    ...entries.map(row),
    '',
    `Medians of ${Math.max(...entries.map(({ runs }) => runs.length))} runs, ${measuredOn(first)}`,
    '',
  ];
}

function row({ bar, against, ours, other, unit, ratio, target, reported, state }: BenchEntry): string {
  const [mine, theirs, share] = [ours, other, ratio].map((value) => (value === null ? '' : significant(value)));
  return `| ${bar} | ${against} | ${mine} | ${theirs} | ${unit} | ${share || state} | ${target}${reported ? ', reported' : ''} |`;
}

function steps(entry: BenchEntry): string[] {
  if (entry.steps === undefined) return [];
  return [
    '',
    '| ns | function |',
    '| ---: | --- |',
    ...entry.steps.map(({ name, ns }) => `| ${ns.toFixed(1)} | \`${name}\` |`),
    '',
    `One run under the sampling profiler, ${measuredOn(entry)}`,
    '',
  ];
}

function measuredOn({ machine, date }: BenchEntry): string {
  return `${date}: ${machineText(machine)}.`;
}
