import type { Database } from '../postgres/database.js';
import { dayPicture } from '../report/day-picture.js';
import { dayOf, worstHours } from '../report/summary.js';
import { worstTable } from '../report/worst-table.js';
import type { DepartureRow } from '../verify/job-tables.js';
import type { Verdict } from '../verify/verify.js';
import { thousands } from './progress.js';
import { demoFolder, reportFile } from './workspace.js';

export interface DemoResult extends Omit<Verdict, 'examples'> {
  readonly events: number;
  readonly kills: number;
  /** From the job's event `started` to `finished`. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** How often a window fired again, for a flight within the allowed lateness. */
  readonly refired: number;
  /** All flights of the data set, which are known to have late ones among them. */
  readonly isFull: boolean;
}

/** Why the run counts as failed, in words; nothing when it does not. */
export function shortcomings(result: DemoResult): string[] {
  const wrong: string[] = [];
  if (result.missing > 0) wrong.push(`${thousands(result.missing)} missing`);
  if (result.duplicated > 0) wrong.push(`${thousands(result.duplicated)} duplicated`);
  if (result.different > 0) wrong.push(`${thousands(result.different)} different`);
  if (result.isFull && result.late === 0) wrong.push('no flight was late, though some must be');
  if (result.isFull && result.refired <= 0) wrong.push('no window fired again, though many must');
  return wrong;
}

export interface PrintOptions {
  readonly database: Database;
  readonly keep: boolean;
  readonly schema: string;
  readonly json: boolean;
}

export function printResult(
  result: DemoResult,
  wrong: readonly string[],
  rows: readonly DepartureRow[],
  options: PrintOptions,
): void {
  if (options.json) {
    const { events, kills, windows, late, alerts, missing, duplicated, different, seconds, eventsPerSecond } = result;
    process.stdout.write(
      `${JSON.stringify({ events, kills, windows, late, alerts, missing, duplicated, different, seconds, eventsPerSecond })}\n`,
    );
    for (const line of wrong) process.stderr.write(`${line}\n`);
    return;
  }
  process.stdout.write(
    `${[...worst(rows), ...day(rows), ...places(options, wrong.length > 0), ...judgement(result, wrong)].join('\n')}\n`,
  );
}

function worst(rows: readonly DepartureRow[]): string[] {
  return ['', 'The ten worst hours (mean delay in minutes, at least 10 flights):', worstTable(worstHours(rows))];
}

function day(rows: readonly DepartureRow[]): string[] {
  return ['', 'Mean delay over the day:', dayPicture(dayOf(rows))];
}

function places({ database, keep, schema }: PrintOptions, isWrong: boolean): string[] {
  const look = `${database.psql} -c 'SELECT * FROM ${schema}.departures ORDER BY worst DESC LIMIT 10'`;
  const lines = ['', `Heat map    ${reportFile}`, `Flights     ${demoFolder}/data`];
  if (keep) {
    lines.push(`Database    ${database.place}`, `Look at it  ${look}`);
    if (database.stopCommand !== undefined) lines.push(`Stop it     ${database.stopCommand}`);
  } else if (isWrong) {
    lines.push(`Database    ${database.place}; to look at it: npm run demo -- --resume --keep`);
  } else {
    lines.push('Database    removed; with --keep it stays, and this looks at it:', `            ${look}`);
  }
  return lines;
}

function judgement(result: DemoResult, wrong: readonly string[]): string[] {
  const { events, kills, windows, late, alerts, seconds, eventsPerSecond, refired } = result;
  return [
    '',
    `${thousands(events)} events in ${seconds.toFixed(1)} s (${thousands(eventsPerSecond)}/s), killed ${kills} times.`,
    `${thousands(windows)} windows, fired again ${thousands(refired)} times; ${thousands(late)} flights late; ${thousands(alerts)} alerts.`,
    ...(wrong.length === 0
      ? ['Every flight is in its window or in the late table, exactly once: 0 missing, 0 duplicated, 0 different.']
      : ['WRONG:', ...wrong.map((line) => `  ${line}`)]),
  ];
}
