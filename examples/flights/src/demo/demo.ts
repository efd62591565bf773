import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allFlights } from '../data/flight-columns.js';
import { flightLog } from '../data/flight-log.js';
import { countFirings, createTables, dropTables } from '../job/tables.js';
import { type Database, openDatabase } from '../postgres/database.js';
import { reportHtml } from '../report/html.js';
import { readFlightTable } from '../verify/flight-table.js';
import { readJobTables } from '../verify/job-tables.js';
import { verify } from '../verify/verify.js';
import { killPlan } from './kill-plan.js';
import { lock } from './lock.js';
import type { DemoOptions } from './options.js';
import { showProgress } from './progress.js';
import { type DemoResult, printResult, shortcomings } from './result.js';
import { type RunFile, readRunFile, writeRunFile } from './run-file.js';
import { type RunOutcome, supervise } from './supervisor.js';
import { demoFolder, reportFile } from './workspace.js';

const schema = 'sluice_flights';
const checkpointInterval = 1_000;
const runFile = join(demoFolder, 'run.json');
const checkpoints = join(demoFolder, 'checkpoints');

/** Runs the whole demo and answers the exit code: 0, 1 when something is wrong with what the job wrote, 130 when it was stopped. */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const unlock = await lock(join(demoFolder, 'lock'));
  try {
    const say = (text: string): void => {
      if (!options.json) process.stdout.write(`${text}\n`);
    };
    const run = await settingsOf(options);
    // Before anything is prepared: a database that cannot be used should be heard of at once.
    const database = await openDatabase(process.env.DATABASE_URL, join(demoFolder, 'postgres'));
    let keep = true;
    try {
      const code = await runOn(database, run, options, signal, say);
      // What went wrong is to be looked at.
      keep = options.keep || code !== 0;
      return code;
    } finally {
      await leave(database, keep, options.keep && !signal.aborted);
    }
  } finally {
    await unlock();
  }
}

async function settingsOf(options: DemoOptions): Promise<RunFile> {
  const seed = options.seed ?? Math.floor(Math.random() * 1_000_000);
  if (!options.resume) {
    // The earlier run is overwritten from here on.
    await rm(runFile, { force: true });
    return { events: options.events, kills: options.kills ?? 5, seed };
  }
  const run = await readRunFile(runFile);
  if (options.events !== undefined && options.events !== run.events) {
    throw new Error(`The run to resume has ${run.events ?? 'all'} events; leave out --events.`);
  }
  return { events: run.events, kills: options.kills ?? run.kills, seed };
}

async function runOn(
  database: Database,
  run: RunFile,
  options: DemoOptions,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<number> {
  say('Preparing the flights (vega-datasets, in the order in which they became known) …');
  const log = await flightLog({ directory: join(demoFolder, 'data'), events: run.events });
  if (signal.aborted) {
    say('Stopped before the job was started.');
    return 130;
  }
  if (!options.resume) {
    await rm(checkpoints, { recursive: true, force: true });
    await createTables(database.url, schema);
  }
  await writeRunFile(runFile, run);
  say(
    `${options.resume ? 'Resuming' : 'Starting'} the job: ${log.events.toLocaleString('en')} events, ${run.kills} kills, seed ${run.seed}.`,
  );
  const progress = showProgress(log.events, process.stdout, options.json);
  let outcome: RunOutcome;
  try {
    outcome = await supervise({
      job: { paths: log.paths, connectionString: database.url, schema, checkpoints, checkpointInterval },
      events: log.events,
      kills: killPlan(run.kills, run.seed),
      signal,
      onStatus: progress.update,
      onNote: progress.note,
    });
  } finally {
    progress.end();
  }
  if (outcome.status === 'interrupted') {
    await writeRunFile(runFile, { ...run, kills: Math.max(0, run.kills - outcome.kills) });
    say('\nStopped; checkpoints and database are kept. To go on:\n\n  npm run demo -- --resume\n');
    return 130;
  }
  say('Verifying from outside …');
  const tables = await readJobTables(database.url, schema);
  const { examples, ...verdict } = verify(await readFlightTable(log.paths, log.events), tables);
  const result: DemoResult = {
    events: log.events,
    kills: outcome.kills,
    ...verdict,
    seconds: outcome.seconds,
    eventsPerSecond: Math.round(log.events / outcome.seconds),
    refired: (await countFirings(database.url, schema)) - verdict.windows,
    isFull: log.events === allFlights,
  };
  await writeFile(reportFile, reportHtml(tables.departures, result));
  const wrong = shortcomings(result);
  printResult(result, [...wrong, ...examples], tables.departures, { database, schema, ...options });
  return wrong.length === 0 ? 0 : 1;
}

/** Kept and asked for: the server stays up, so that one can look at it. Kept for `--resume`: only its data stay. */
async function leave(database: Database, keep: boolean, running: boolean): Promise<void> {
  if (running) return;
  if (keep) return database.stop();
  await dropTables(database.url, schema);
  await rm(checkpoints, { recursive: true, force: true });
  await rm(runFile, { force: true });
  await database.remove();
}
