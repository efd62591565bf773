import { createJob, exponentialDelay, fileCheckpoints, fromSource, type Rejected, sideOutput, to } from '@sluice/core';
import { postgresSink } from '@sluice/postgres';
import { map } from 'rxjs';
import { pacedSource } from '../paced-source.js';
import { killAt } from './kill-at.js';
import type { RefusedPlan } from './refused-plan.js';

// The job's own process: texts, of which only the server knows whether they are addresses, into one table; what it refuses into another.
const plan = JSON.parse(process.argv[2] ?? '') as RefusedPlan;
if (plan.kill) killAt(plan.kill, true);

interface Item {
  readonly id: number;
  readonly value: string;
}

const place = { connectionString: plan.url, schema: plan.schema };
const rejected$ = sideOutput<Rejected<Item>>('rejected');
const job = createJob(
  plan.job,
  [
    fromSource(pacedSource(plan.count, 400)).pipe(
      map((id): Item => ({ id, value: id % 97 === 13 ? 'no address' : `10.0.0.${id % 256}` })),
      to(
        postgresSink<Item>({
          ...place,
          table: plan.table,
          columns: { id: ({ id }) => id, value: ({ value }) => value },
        }),
        { uid: 'entries', rejected: rejected$ },
      ),
    ),
    rejected$.pipe(
      to(postgresSink<Rejected<Item>>({ ...place, table: plan.rejects, columns: { id: ({ value }) => value.id } }), {
        uid: 'rejects',
      }),
    ),
  ],
  {
    guarantee: 'exactly-once',
    checkpoints: { interval: 10, storage: fileCheckpoints(plan.folder) },
    restart: exponentialDelay(),
  },
);
await job.run();
