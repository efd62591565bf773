import type { Day } from './summary.js';

const eighths = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const cellWidth = 3;

/** The mean delay over the day as bars in text, one column an hour. Hours in which flights leave early on average have none. */
export function dayPicture({ mean }: Day, height = 6): string {
  const top = Math.max(1, ...mean.filter(Number.isFinite));
  const lines: string[] = [];
  for (let row = height - 1; row >= 0; row--) {
    const bars = mean.map((minutes) => {
      const filled = Math.max(0, Math.round(((minutes || 0) / top) * height * 8)) - row * 8;
      return (eighths[Math.min(8, Math.max(0, filled))] ?? '').repeat(cellWidth - 1).padEnd(cellWidth);
    });
    const label = row === height - 1 ? `${top.toFixed(0)} min` : row === 0 ? '0' : '';
    lines.push(`${label.padStart(7)} ┤ ${bars.join('').trimEnd()}`.trimEnd());
  }
  const hours = mean.map((_, hour) => (hour % 3 === 0 ? String(hour).padStart(2, '0') : '').padEnd(cellWidth)).join('');
  return [...lines, `${' '.repeat(10)}${hours.trimEnd()} h`].join('\n');
}
