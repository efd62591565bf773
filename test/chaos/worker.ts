import { fileCheckpoints } from '@sluice/core';
import { postgresCheckpoints } from '@sluice/postgres';
import { CommitGate } from './faults/commit-gate.js';
import { FaultLine } from './faults/fault-line.js';
import { tapSink } from './faults/sink-tap.js';
import { tapStatements } from './faults/statement-tap.js';
import { tapStorage } from './faults/storage-tap.js';
import { liveFor, tell, told } from './worker-life.js';
import type { WorkerPlan } from './worker-messages.js';
import { paymentJob } from './workload/job.js';

// The job's own process. Nothing of the product knows that it is tested: what happens to it comes from between it and the outside.
await liveFor<WorkerPlan>((plan) => {
  const line = new FaultLine(plan.fault, async (point) => {
    const goOn = told();
    tell({ type: 'held', point });
    await goOn;
  });
  tapStatements(line, plan.mistake, (what) => tell({ type: 'struck', what }));
  const gate = new CommitGate(line);
  let read = 0;
  return paymentJob(plan, {
    storage: tapStorage(storageOf(plan), line),
    tap: (sink) => tapSink(sink, line, gate, plan.mistake),
    onRead: (count) => {
      read += count;
      tell({ type: 'read', count: read });
    },
  });
});

function storageOf({ checkpoints, place }: WorkerPlan) {
  if (checkpoints !== 'postgres') return fileCheckpoints(checkpoints.folder);
  return postgresCheckpoints({ connectionString: place.connectionString, schema: place.schema });
}
