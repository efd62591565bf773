import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FlightLog, flightLog } from '../data/flight-log.js';
import { countFirings, createTables } from '../job/tables.js';
import { type Database, openDatabase } from '../postgres/database.js';
import { readFlightTable } from '../verify/flight-table.js';
import { readJobTables } from '../verify/job-tables.js';
import { verify } from '../verify/verify.js';
import { killPlan } from './kill-plan.js';
import { supervise } from './supervisor.js';

const events = 60_000;
const schema = 'sluice_flights_test';
const clean = { missing: 0, duplicated: 0, different: 0, examples: [] };

let folder: string;
let database: Database;
let log: FlightLog;
/** Warnings, among them that a process did not end by itself. */
const notes: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  database = await openDatabase(undefined, join(folder, 'postgres'));
  log = await flightLog({ directory: join(folder, 'data'), events });
}, 60_000);

afterAll(async () => {
  await database.remove();
  await rm(folder, { recursive: true, force: true });
});

function start(
  checkpoints: string,
  kills: Parameters<typeof supervise>[0]['kills'],
  signal: AbortSignal,
  onEvents?: (read: number) => void,
) {
  return supervise({
    job: {
      paths: log.paths,
      connectionString: database.url,
      schema,
      checkpoints: join(folder, checkpoints),
      checkpointInterval: 100,
    },
    events,
    kills,
    signal,
    onStatus: (status) => onEvents?.(status.events),
    onNote: (text) => notes.push(text),
  });
}

const verdict = async () => verify(await readFlightTable(log.paths, events), await readJobTables(database.url, schema));

describe('the job in processes that are killed (SIGKILL, real Postgres)', () => {
  it.each([1, 2])(
    `has every flight exactly once, seed %i`,
    async (seed) => {
      await createTables(database.url, schema);
      const outcome = await start(`killed-${seed}`, killPlan(4, seed), new AbortController().signal);
      expect(outcome.status).toBe('finished');
      expect(outcome.kills).toBeGreaterThanOrEqual(2);
      const found = await verdict();
      expect(found).toMatchObject(clean);
      expect(found.windows).toBeGreaterThan(5_000);
      expect(found.alerts).toBeGreaterThan(100);
      expect(await countFirings(database.url, schema)).toBeGreaterThan(found.windows);
    },
    120_000,
  );

  it('can be stopped and goes on where it was', async () => {
    await createTables(database.url, schema);
    const stop = new AbortController();
    const first = await start('resumed', [], stop.signal, (read) => {
      if (read > events / 4) stop.abort();
    });
    expect(first.status).toBe('interrupted');
    const second = await start('resumed', [], new AbortController().signal);
    expect(second.status).toBe('finished');
    expect(await verdict()).toMatchObject(clean);

    // Finished is finished: once more writes nothing.
    const third = await start('resumed', [], new AbortController().signal);
    expect(third.status).toBe('finished');
    expect(await verdict()).toMatchObject(clean);
    expect(notes).toEqual([]);
  }, 120_000);
});
