import { once } from 'node:events';
import type { TransactionalSink } from '@sluice/connector-sdk';
import { CommitGate } from '../faults/commit-gate.js';
import { FaultLine } from '../faults/fault-line.js';
import { tapSink } from '../faults/sink-tap.js';
import { tapStorage } from '../faults/storage-tap.js';
import { codesOf, type ParentMessage, type WorkerMessage } from '../worker-messages.js';
import { pacedSource } from './paced-source.js';
import { pairJob, storageOf } from './pair-job.js';
import type { PairPlan } from './pair-plan.js';
import { type Running, sidesOf } from './sides.js';

// The process of a job between two systems, see worker.ts.
const tell = (message: WorkerMessage): void => {
  if (process.connected) process.send?.(message);
};
const told = async (): Promise<ParentMessage<PairPlan>> => (await once(process, 'message'))[0];

const abandoned = (): never => process.exit(3);
process.on('disconnect', abandoned);
tell({ type: 'loaded' });
const message = await told();
if (message.type !== 'run') throw new Error('The first message has to be the plan.');
process.exitCode = await run(message.plan);
process.off('disconnect', abandoned);
process.disconnect();

async function run(plan: PairPlan): Promise<number> {
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
      if (event.type === 'started') tell({ type: 'started' });
      if (event.type === 'checkpointCompleted') {
        tell({ type: 'checkpoint', checkpoint: event.checkpoint });
        if (plan.gauges) tellMemory();
      }
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

function tellMemory(): void {
  // Only there with --expose-gc.
  globalThis.gc?.();
  tell({ type: 'memory', heapUsed: process.memoryUsage().heapUsed });
}
