import type { Day } from './summary.js';

const eighths = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const cellWidth = 3;
const leastShare = 0.01;

/**
 * The mean delay over the day as bars in text, one column an hour. An hour in which flights leave early on average has none; one with less
 * than 1 % of the flights has a dot: a few night flights, nearly all of them late ones, would dwarf everything else.
 */
export function dayPicture({ flights, mean }: Day, height = 6): string {
  const total = flights.reduce((sum, count) => sum + count, 0);
  const bars = mean.map((minutes, hour) => ((flights[hour] ?? 0) < total * leastShare ? undefined : minutes || 0));
  const top = Math.max(1, ...bars.map((minutes) => minutes ?? 0));
  const lines: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const cells = bars.map((minutes) => {
      if (minutes === undefined) return (row === 0 ? '·' : '').padEnd(cellWidth);
      const filled = Math.max(0, Math.round((minutes / top) * height * 8)) - row * 8;
      return (eighths[Math.min(8, Math.max(0, filled))] ?? '').repeat(cellWidth - 1).padEnd(cellWidth);
    });
    const label = row === height - 1 ? `${top.toFixed(0)} min` : row === 0 ? '0' : '';
    lines.push(`${label.padStart(7)} ┤ ${cells.join('').trimEnd()}`.trimEnd());
  }
  const hours = mean.map((_, hour) => (hour % 3 === 0 ? String(hour).padStart(2, '0') : '').padEnd(cellWidth)).join('');
  return [...lines, `${' '.repeat(10)}${hours.trimEnd()} h`].join('\n');
}
