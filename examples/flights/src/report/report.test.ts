import { describe, expect, it } from 'vitest';
import type { DepartureRow } from '../verify/job-tables.js';
import { dayPicture } from './day-picture.js';
import { reportHtml } from './html.js';
import { airportDays, dayOf, worstHours } from './summary.js';
import { worstTable } from './worst-table.js';

const row = (airport: string, hour: number, flights: number, mean: number): DepartureRow => ({
  airport,
  hour: Date.UTC(2001, 0, 1, hour),
  flights,
  delayed: 1,
  mean,
  p95: 30,
  worst: 40,
});
const rows = [row('ATL', 6, 10, 2), row('ATL', 30, 30, 6), row('ORD', 6, 10, 20), row('X<Y', 7, 2, 500)];

describe('the report', () => {
  it('ranks only hours with enough flights', () => {
    expect(worstHours(rows, 2).map(({ airport, mean }) => [airport, mean])).toEqual([
      ['ORD', 20],
      ['ATL', 6],
    ]);
    expect(worstHours([])).toEqual([]);
  });

  it('weighs the hours of all days by their flights, the busiest airport first', () => {
    const day = dayOf(rows);
    expect([day.flights[6], day.mean[6]]).toEqual([50, 8]);
    expect(day.mean[3]).toBeNaN();
    expect(airportDays(rows).map(({ airport, total }) => [airport, total])).toEqual([
      ['ATL', 40],
      ['ORD', 10],
      ['X<Y', 2],
    ]);
  });

  it('draws the day', () => {
    const mean = Array.from({ length: 24 }, (_, hour) => (hour === 0 ? Number.NaN : hour === 1 ? -3 : hour));
    const flights = mean.map((_, hour) => (hour === 2 ? 1 : 100));
    expect(dayPicture({ flights, mean }, 2)).toBe(
      [
        ' 23 min ┤                                        ▁▁ ▂▂ ▂▂ ▃▃ ▄▄ ▅▅ ▅▅ ▆▆ ▇▇ ▇▇ ██',
        '      0 ┤       ·  ▂▂ ▃▃ ▃▃ ▄▄ ▅▅ ▆▆ ▆▆ ▇▇ ██ ██ ██ ██ ██ ██ ██ ██ ██ ██ ██ ██ ██',
        '          00       03       06       09       12       15       18       21 h',
      ].join('\n'),
    );
    expect(dayPicture(dayOf([]))).toContain('00');
  });

  it('tabulates for a terminal and as a page that needs no network', () => {
    expect(worstTable(worstHours(rows, 1))).toContain('2001-01-01 06:00');
    const facts = {
      events: 52,
      kills: 5,
      windows: 4,
      late: 1,
      alerts: 0,
      missing: 0,
      duplicated: 0,
      different: 0,
      seconds: 1,
    };
    const html = reportHtml(rows, facts);
    expect(html).toContain('Every flight is there exactly once.');
    expect(html).toContain('title="ORD 6:00 — 20.0 min, 10 flights"');
    expect(html).not.toMatch(/https?:|<script|src=|X<Y/);
    expect(reportHtml(rows, { ...facts, missing: 3 })).toContain('3 missing, 0 duplicated, 0 different.');
  });
});
