import { once } from 'node:events';
import type { Job } from '@sluice/core';
import { codesOf, type ParentMessage, type WorkerMessage } from './worker-messages.js';

/** To whoever started this process. */
export function tell(message: WorkerMessage): void {
  if (process.connected) process.send?.(message);
}

/** What is said next to this process. */
export async function told<Plan>(): Promise<ParentMessage<Plan>> {
  return (await once(process, 'message'))[0];
}

/** The life of a process of a job: is given its plan, runs the job, and tells what happens to it until it has ended. */
export async function liveFor<Plan>(open: (plan: Plan) => Job | Promise<Job>): Promise<void> {
  // Whoever would judge this run is gone.
  const abandoned = (): never => process.exit(3);
  process.on('disconnect', abandoned);
  tell({ type: 'loaded' });
  const message = await told<Plan>();
  if (message.type !== 'run') throw new Error('The first message has to be the plan.');
  process.exitCode = await run(await open(message.plan));
  process.off('disconnect', abandoned);
  process.disconnect();
}

async function run(job: Job): Promise<number> {
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
