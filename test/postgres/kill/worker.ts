import { createJob, exponentialDelay, fromSource, keyBy, scanByKey, to } from '@sluice/core';
import { postgresCheckpoints, postgresSink } from '@sluice/postgres';
import { pacedSource } from '../paced-source.js';
import { killAt } from './kill-at.js';
import type { KillPlan } from './kill-point.js';

// The job's own process: running totals by key, into three tables. Two join the publication of their checkpoint, one is prepared.
const plan = JSON.parse(process.argv[2] ?? '') as KillPlan;
if (plan.kill) killAt(plan.kill, plan.apart ?? false);

// What sets something else may not join.
const rowsUrl = new URL(plan.url);
if (plan.apart) rowsUrl.searchParams.set('options', '-c DateStyle=SQL,DMY');

interface Entry {
  readonly id: number;
  readonly nth: number;
  readonly total: number;
}

const place = {
  connectionString: rowsUrl.href,
  schema: plan.schema,
  rowsPerStatement: 300,
  prefix: plan.schema.replace('_', '-'),
};
const columns = {
  id: ({ value }: { readonly value: Entry }) => value.id,
  account: ({ key }: { readonly key: number }) => key,
  nth: ({ value }: { readonly value: Entry }) => value.nth,
  total: ({ value }: { readonly value: Entry }) => value.total,
};
type Keyed = { readonly key: number; readonly value: Entry };

const running$ = fromSource(pacedSource(plan.count, 1_200)).pipe(
  keyBy((id) => id % 7),
  scanByKey<number, number, Entry>(
    ({ nth, total }, id) => ({ id, nth: nth + 1, total: total + id }),
    () => ({ id: -1, nth: 0, total: 0 }),
    { uid: 'running' },
  ),
);
const job = createJob(
  plan.job,
  [
    running$.pipe(to(postgresSink<Keyed>({ ...place, table: `${plan.schema}.entries`, columns }), { uid: 'entries' })),
    running$.pipe(
      to(postgresSink<Keyed>({ ...place, table: `${plan.schema}.totals`, columns, upsertOn: ['account'] }), {
        uid: 'totals',
      }),
    ),
    running$.pipe(
      to(postgresSink<Keyed>({ ...place, table: `${plan.schema}.prepared`, columns, transactional: 'two-phase' }), {
        uid: 'prepared',
      }),
    ),
  ],
  {
    guarantee: 'exactly-once',
    checkpoints: {
      interval: 10,
      storage: postgresCheckpoints({ connectionString: plan.url, schema: plan.schema }),
    },
    restart: exponentialDelay(),
  },
);
await job.run();
