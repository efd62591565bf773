import type { JobEvent } from '@sluice/core';
import { differences } from './simulated-row.js';
import { expected } from './summing-job.js';

/**
 * What a job does after a checkpoint that failed: with nothing prepared and failures tolerated it goes on and a later one succeeds; otherwise it
 * restarts from the last complete one. Where it is in doubt what is durable, it may do either.
 */
export type Afterwards = 'goes on' | 'restarts' | 'either';

export function judgeFailedCheckpoints(
  events: readonly JobEvent[],
  then: Afterwards,
  values: readonly string[],
): string[] {
  const violations = differences(expected, values);
  const causes = events.flatMap((event) => (event.type === 'restarting' ? [String(event.cause)] : []));
  const failed = events.findLastIndex(({ type }) => type === 'checkpointFailed');
  const completed = events.findLastIndex(({ type }) => type === 'checkpointCompleted');
  if (failed > completed) violations.push('no checkpoint succeeded after the one that failed');
  if (then === 'goes on' && causes.length > 0)
    violations.push(`restarted, and should have gone on: ${causes.join('; ')}`);
  if (then === 'restarts' && failed >= 0 && causes.length === 0)
    violations.push('went on, although something was prepared for the checkpoint that failed');
  return violations;
}
