import { join } from 'node:path';
import type { CheckpointStorage, Sink, Source } from '@sluice/connector-sdk';
import { createJob, fileCheckpoints, fixedDelay, fromSource, type Job, keyBy, scanByKey, to } from '@sluice/core';
import { postgresCheckpoints } from '@sluice/postgres';
import type { Payment } from '../workload/payments.js';
import type { RunningRow } from '../workload/tables.js';
import type { PairPlan } from './pair-plan.js';
import { sinkPlaceOf } from './postgres-sink.js';
import { endpointOf, type PairSides, type Place, type Running } from './sides.js';

export interface PairParts {
  readonly source: Source<Payment>;
  readonly sink: Sink<Running>;
  readonly storage: CheckpointStorage;
}

/** A running number and a running total for each account: what is lost, repeated or restored wrongly shows in all that follows. */
export function pairJob(plan: PairPlan, parts: PairParts): Job {
  const { discoveryInterval } = plan;
  const exactly = parts.sink.guarantee === 'transactional';
  const running$ = fromSource(parts.source, discoveryInterval === undefined ? {} : { discoveryInterval }).pipe(
    keyBy((payment) => payment.account),
    scanByKey<string, Payment, RunningRow>(
      ({ nth, total }, { id, amount }) => ({ id, nth: nth + 1, total: total + amount }),
      () => ({ id: -1, nth: 0, total: 0 }),
      { uid: 'running' },
    ),
    to(parts.sink, { uid: 'running-rows' }),
  );
  return createJob(plan.job, running$, {
    ...(exactly ? { guarantee: 'exactly-once' as const } : {}),
    checkpoints: { interval: plan.interval, storage: parts.storage },
    restart: fixedDelay({ attempts: plan.restarts, delay: 200 }),
  });
}

export function storageOf({ variant }: PairSides, place: Place): CheckpointStorage {
  if (variant !== 'one-transaction') return fileCheckpoints(join(place.folder, 'checkpoints'));
  return postgresCheckpoints({
    connectionString: endpointOf(place, 'postgres'),
    schema: sinkPlaceOf(place).schema,
  });
}
