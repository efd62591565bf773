import type { Job } from '@sluice/core';
import { liveFor, tell } from '../worker-life.js';
import { codesOf } from '../worker-messages.js';
import { documentJob, savepointFolder } from './document-job.js';
import type { DocumentPlan } from './document-plan.js';

// The process of the job of documents, see ../worker.ts.
await liveFor<DocumentPlan>(async (plan) => {
  let read = 0;
  const job = await documentJob(plan, (count) => {
    read += count;
    tell({ type: 'read', count: read });
  });
  let checkpoints = 0;
  job.events.subscribe({
    next: (event) => {
      if (event.type === 'checkpointCompleted' && ++checkpoints === plan.savepointAfter) void takeSavepoint(job, plan);
    },
    error: () => {},
  });
  return job;
});

async function takeSavepoint(job: Job, { place }: DocumentPlan): Promise<void> {
  try {
    await job.savepoint(savepointFolder(place));
    tell({ type: 'struck', what: 'savepoint' });
  } catch (error) {
    tell({ type: 'struck', what: `no savepoint: ${codesOf(error).join(' ← ')}` });
  }
}
