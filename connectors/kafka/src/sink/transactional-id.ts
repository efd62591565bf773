import { createHash } from 'node:crypto';
import type { TransactionIdentity } from './committable.js';

/**
 * Stable over restarts and incarnations, so that whoever starts later takes it over, with all that an earlier run has left open. Hashed,
 * since names of jobs and operators may be longer than what a broker takes.
 */
export function transactionalIdOf(
  prefix: string,
  { job, sink, subtask }: Pick<TransactionIdentity, 'job' | 'sink' | 'subtask'>,
): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([job, sink]))
    .digest('hex')
    .slice(0, 16);
  return `${prefix}-${hash}-${subtask}`;
}
