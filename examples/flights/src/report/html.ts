import type { DepartureRow } from '../verify/job-tables.js';
import { type AirportDay, airportDays, dayOf, worstHours } from './summary.js';
import { hourText } from './worst-table.js';

export interface ReportFacts {
  readonly events: number;
  readonly kills: number;
  readonly windows: number;
  readonly late: number;
  readonly alerts: number;
  readonly missing: number;
  readonly duplicated: number;
  readonly different: number;
  readonly seconds: number;
}

/** The whole report as one page that needs nothing else: no script, no font, no network. */
export function reportHtml(rows: readonly DepartureRow[], facts: ReportFacts): string {
  const wrong = facts.missing + facts.duplicated + facts.different;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Delays of US domestic flights, first half of 2001</title>
<style>${css}</style>
<h1>When flights leave late</h1>
<p>${facts.events.toLocaleString('en')} US domestic flights of the first half of 2001, streamed out of order into
${facts.windows.toLocaleString('en')} airport-hours while the job was killed ${facts.kills} times (${facts.seconds.toFixed(1)} s).
<strong class="${wrong === 0 ? 'good' : 'bad'}">${
    wrong === 0
      ? 'Every flight is there exactly once.'
      : `${facts.missing} missing, ${facts.duplicated} duplicated, ${facts.different} different.`
  }</strong>
${facts.late.toLocaleString('en')} came too late for their hour; ${facts.alerts.toLocaleString('en')} left more than three hours late.</p>
<h2>Mean delay by airport and scheduled hour</h2>
<p class="legend">minutes ${scale.map((minutes) => `<span style="${cellStyle(minutes)}">${minutes}</span>`).join('')} · an empty cell: fewer than ${leastFlights} flights</p>
${heatMap(rows)}
<h2>The ten worst hours</h2>
${worst(rows)}
</html>
`;
}

const scale = [-5, 0, 5, 10, 15, 20, 30, 45];
const leastFlights = 5;

function heatMap(rows: readonly DepartureRow[]): string {
  const all = dayOf(rows);
  const total = all.flights.reduce((sum, flights) => sum + flights, 0);
  const hours = all.flights.map((_, hour) => `<th>${hour}</th>`).join('');
  const lines = [{ airport: 'all', total, ...all }, ...airportDays(rows)].map(heatMapLine).join('\n');
  return `<table class="map"><thead><tr><th></th><th>flights</th>${hours}</tr></thead><tbody>\n${lines}\n</tbody></table>`;
}

function heatMapLine({ airport, total, flights, mean }: AirportDay): string {
  const cells = mean.map((minutes, hour) => {
    const count = flights[hour] ?? 0;
    if (count < leastFlights) return '<td></td>';
    const title = `${escapeHtml(airport)} ${hour}:00 — ${minutes.toFixed(1)} min, ${count.toLocaleString('en')} flights`;
    return `<td style="${cellStyle(minutes)}" title="${title}">${Math.round(minutes)}</td>`;
  });
  return `<tr><th>${escapeHtml(airport)}</th><td class="count">${total.toLocaleString('en')}</td>${cells.join('')}</tr>`;
}

function worst(rows: readonly DepartureRow[]): string {
  const lines = worstHours(rows).map(
    (row) =>
      `<tr><th>${escapeHtml(row.airport)}</th><td>${hourText(row.hour)}</td><td>${row.flights}</td><td>${row.delayed}</td>` +
      `<td>${row.mean.toFixed(1)}</td><td>${row.p95}</td><td>${row.worst}</td></tr>`,
  );
  const head = ['airport', 'hour', 'flights', '≥ 15 min', 'mean', 'p95', 'worst']
    .map((name) => `<th>${name}</th>`)
    .join('');
  return `<table class="worst"><thead><tr>${head}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table>`;
}

/** From green (early) through yellow to red, the text always dark enough to read. */
function cellStyle(minutes: number): string {
  const share = Math.min(1, Math.max(0, (minutes + 5) / 50));
  return `background:hsl(${Math.round(130 - 130 * Math.sqrt(share))} 70% ${Math.round(82 - 22 * share)}%)`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const css = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #222; background: #fff }
h1, h2 { line-height: 1.2 } .good { color: #17692c } .bad { color: #b00020 }
table { border-collapse: collapse; font-size: 12px; font-variant-numeric: tabular-nums }
th, td { padding: 2px 5px; text-align: right; font-weight: normal } thead th { position: sticky; top: 0; background: #fff }
tbody th { text-align: left; font-weight: 600 } .map td { min-width: 1.6em } .count { color: #666 }
.legend span { display: inline-block; padding: 0 .6em } .worst { font-size: 14px }
`;
