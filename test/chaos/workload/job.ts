import type { CheckpointStorage, TransactionalSink } from '@sluice/connector-sdk';
import {
  aggregate,
  allOf,
  boundedOutOfOrderness,
  countOf,
  createJob,
  fixedDelay,
  fromSource,
  type Job,
  keyBy,
  scanByKey,
  sumOf,
  to,
  tumbling,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { type PostgresCommittable, postgresSink } from '@sluice/postgres';
import type { WorkerPlan } from '../worker-messages.js';
import { paymentSource } from './payment-source.js';
import { DISORDER, type Payment } from './payments.js';
import { type RunningRow, runningOptions, windowOptions } from './tables.js';

export interface JobParts {
  readonly storage: CheckpointStorage;
  readonly tap: <T>(sink: TransactionalSink<T, PostgresCommittable>) => TransactionalSink<T, PostgresCommittable>;
  readonly onRead: (count: number) => void;
}

export const WINDOW = 500;

/** Running numbers and windows for each account, into two tables: state and timers matter, and a checkpoint has several commits. */
export function paymentJob(plan: WorkerPlan, { storage, tap, onRead }: JobParts): Job {
  const { place, mode } = plan;
  const payments$ = fromSource(paymentSource(plan.input, plan.pace, onRead)).pipe(
    withTimestamps((payment) => payment.at, boundedOutOfOrderness(DISORDER), { every: 0 }),
    keyBy((payment) => payment.account),
  );
  const running$ = payments$.pipe(
    scanByKey<string, Payment, RunningRow>(
      ({ nth, total }, { id, amount }) => ({ id, nth: nth + 1, total: total + amount }),
      () => ({ id: -1, nth: 0, total: 0 }),
      { uid: 'running' },
    ),
    to(tap(postgresSink(runningOptions(place, mode))), { uid: 'running-rows' }),
  );
  const windows$ = payments$.pipe(
    windowBy(tumbling(WINDOW), { uid: 'windows' }),
    aggregate(allOf({ payments: countOf(), amount: sumOf((payment: Payment) => payment.amount) })),
    to(tap(postgresSink(windowOptions(place, mode))), { uid: 'window-rows' }),
  );
  return createJob(plan.job, [running$, windows$], {
    guarantee: 'exactly-once',
    checkpoints: { interval: plan.interval, storage },
    restart: fixedDelay({ attempts: plan.restarts, delay: 200 }),
  });
}
