import { once } from 'node:events';
import { fileCheckpoints } from '@sluice/core';
import { postgresCheckpoints } from '@sluice/postgres';
import { CommitGate } from './faults/commit-gate.js';
import { FaultLine } from './faults/fault-line.js';
import { tapSink } from './faults/sink-tap.js';
import { tapStatements } from './faults/statement-tap.js';
import { tapStorage } from './faults/storage-tap.js';
import { codesOf, type ParentMessage, type WorkerMessage, type WorkerPlan } from './worker-messages.js';
import { paymentJob } from './workload/job.js';

// The job's own process. Nothing of the product knows that it is tested: what happens to it comes from between it and the outside.
const tell = (message: WorkerMessage): void => {
  if (process.connected) process.send?.(message);
};
const told = async (): Promise<ParentMessage> => (await once(process, 'message'))[0];

// Whoever would judge this run is gone.
const abandoned = (): never => process.exit(3);
process.on('disconnect', abandoned);
tell({ type: 'loaded' });
const message = await told();
if (message.type !== 'run') throw new Error('The first message has to be the plan.');
process.exitCode = await run(message.plan);
process.off('disconnect', abandoned);
process.disconnect();

async function run(plan: WorkerPlan): Promise<number> {
  const line = new FaultLine(plan.fault, async (point) => {
    const goOn = told();
    tell({ type: 'held', point });
    await goOn;
  });
  tapStatements(line, plan.mistake, (what) => tell({ type: 'struck', what }));
  const gate = new CommitGate(line);
  let read = 0;
  const job = paymentJob(plan, {
    storage: tapStorage(storageOf(plan), line),
    tap: (sink) => tapSink(sink, line, gate, plan.mistake),
    onRead: (count) => {
      read += count;
      tell({ type: 'read', count: read });
    },
  });
  job.events.subscribe({
    next: (event) => {
      if (event.type === 'started') tell({ type: 'started' });
      if (event.type === 'checkpointCompleted') tell({ type: 'checkpoint', checkpoint: event.checkpoint });
      if (event.type === 'restarting') tell({ type: 'restarting', codes: codesOf(event.cause) });
    },
    error: () => {},
  });
  try {
    await job.run();
    tell({ type: 'finished' });
    return 0;
  } catch (error) {
    tell({ type: 'failed', codes: codesOf(error), text: error instanceof Error ? error.message : String(error) });
    return 1;
  }
}

function storageOf({ checkpoints, place }: WorkerPlan) {
  if (checkpoints !== 'postgres') return fileCheckpoints(checkpoints.folder);
  return postgresCheckpoints({ connectionString: place.connectionString, schema: place.schema });
}
