import { inspect, isDeepStrictEqual } from 'node:util';
import type { MarbleKind } from './parse-marbles.js';

/** Something that came, or should have come, at a frame. */
export interface Happening {
  readonly frame: number;
  readonly kind: MarbleKind;
  readonly value?: unknown;
}

export function sameTimeline(expected: readonly Happening[], received: readonly Happening[]): boolean {
  return expected.length === received.length && expected.every((one, index) => same(one, received[index] as Happening));
}

function same(one: Happening, other: Happening): boolean {
  return one.frame === other.frame && one.kind === other.kind && isDeepStrictEqual(one.value, other.value);
}

/** Both timelines below each other, a column for each frame at which either has something; what differs is marked. */
export function alignTimelines(expected: readonly Happening[], received: readonly Happening[]): string {
  const frames = [...new Set([...expected, ...received].map(({ frame }) => frame))].sort((a, b) => a - b);
  const columns = frames.map((frame) => {
    const [left, right] = [expected, received].map((all) => all.filter((one) => one.frame === frame));
    const differs = !sameTimeline(left ?? [], right ?? []);
    return [`${frame}ms`, describe(left ?? []), describe(right ?? []), differs ? '^' : ''];
  });
  const widths = columns.map((cells) => Math.max(...cells.map((cell) => cell.length)));
  return ['frame', 'expected', 'received', '']
    .map((title, row) =>
      [title.padEnd(8), ...columns.map((cells, column) => (cells[row] ?? '').padEnd(widths[column] ?? 0))]
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const SIGNS: Readonly<Record<Exclude<MarbleKind, 'value'>, string>> = {
  watermark: 'W',
  barrier: 'B',
  idle: 'I',
  complete: '|',
  error: '#',
};

function describe(happenings: readonly Happening[]): string {
  if (happenings.length === 0) return '-';
  return happenings
    .map(({ kind, value }) => {
      const shown = value === undefined && kind !== 'value' ? '' : inspect(value, { breakLength: Infinity, depth: 4 });
      return kind === 'value' ? shown : `${SIGNS[kind]}${shown}`;
    })
    .join(' ');
}
