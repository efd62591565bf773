import type { TransactionalSink } from '@sluice/connector-sdk';
import { CommitGate } from '../faults/commit-gate.js';
import { FaultLine } from '../faults/fault-line.js';
import { tapSink } from '../faults/sink-tap.js';
import { tapStorage } from '../faults/storage-tap.js';
import { liveFor, tell, told } from '../worker-life.js';
import type { ParentMessage } from '../worker-messages.js';
import { pacedSource } from './paced-source.js';
import { pairJob, storageOf } from './pair-job.js';
import type { PairPlan } from './pair-plan.js';
import { type Running, sidesOf } from './sides.js';

// The process of a job between two systems, see ../worker.ts.
await liveFor<PairPlan>(async (plan) => {
  const sides = await sidesOf(plan.pair);
  const { place, fault, mistake } = plan;
  let read = 0;
  const source = pacedSource(sides.source.create(place, plan), plan.pace, mistake, (count) => {
    read += count;
    tell({ type: 'read', count: read });
  });
  const line = new FaultLine(fault, async (point) => {
    tell({ type: 'held', point });
    while ((await told()).type !== 'goOn');
  });
  const untapped = sides.sink.create(place, sides.variant);
  const storage = storageOf(sides, place);
  // A sink that joins the storage's transaction has to be given as it is.
  const tapped = fault !== undefined || mistake !== undefined;
  const sink =
    tapped && untapped.guarantee === 'transactional'
      ? tapSink(untapped as TransactionalSink<Running, unknown>, line, new CommitGate(line), mistake)
      : untapped;
  const job = pairJob(plan, { source, sink, storage: tapped ? tapStorage(storage, line) : storage });
  process.on('message', (told: ParentMessage<PairPlan>) => {
    if (told.type === 'stop') void job.stop().catch(() => {});
  });
  job.events.subscribe({
    next: (event) => {
      if (event.type === 'checkpointCompleted' && plan.gauges) tellMemory();
    },
    error: () => {},
  });
  return job;
});

function tellMemory(): void {
  // Only there with --expose-gc.
  globalThis.gc?.();
  tell({ type: 'memory', heapUsed: process.memoryUsage().heapUsed });
}
