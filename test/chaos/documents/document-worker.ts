import { once } from 'node:events';
import type { Job } from '@sluice/core';
import { codesOf, type ParentMessage, type WorkerMessage } from '../worker-messages.js';
import { documentJob, savepointFolder } from './document-job.js';
import type { DocumentPlan } from './document-plan.js';

// The process of the job of documents, see ../worker.ts.
const tell = (message: WorkerMessage): void => {
  if (process.connected) process.send?.(message);
};

const abandoned = (): never => process.exit(3);
process.on('disconnect', abandoned);
tell({ type: 'loaded' });
const [message]: ParentMessage<DocumentPlan>[] = await once(process, 'message');
if (message?.type !== 'run') throw new Error('The first message has to be the plan.');
process.exitCode = await run(message.plan);
process.off('disconnect', abandoned);
process.disconnect();

async function run(plan: DocumentPlan): Promise<number> {
  let read = 0;
  const job = await documentJob(plan, (count) => {
    read += count;
    tell({ type: 'read', count: read });
  });
  let checkpoints = 0;
  job.events.subscribe({
    next: (event) => {
      if (event.type === 'started') tell({ type: 'started' });
      if (event.type === 'restarting') tell({ type: 'restarting', codes: codesOf(event.cause) });
      if (event.type !== 'checkpointCompleted') return;
      tell({ type: 'checkpoint', checkpoint: event.checkpoint });
      if (++checkpoints === plan.savepointAfter) void takeSavepoint(job, plan);
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

async function takeSavepoint(job: Job, { place }: DocumentPlan): Promise<void> {
  try {
    await job.savepoint(savepointFolder(place));
    tell({ type: 'struck', what: 'savepoint' });
  } catch (error) {
    tell({ type: 'struck', what: `no savepoint: ${codesOf(error).join(' ← ')}` });
  }
}
