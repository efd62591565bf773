import { SluiceError } from '@sluice/connector-sdk';

/** A checkpoint that failed, and whether the run must fail with it. */
export class CheckpointFailed extends Error {
  constructor(
    readonly reason: SluiceError,
    readonly fatal: boolean,
  ) {
    super(reason.message, { cause: reason });
  }
}

/** Failures after which it is not known, or not ours to know, what is durable. */
const FATAL: ReadonlySet<string> = new Set(['SLUICE_FENCED', 'SLUICE_CHECKPOINT_IN_DOUBT']);

/** Whether the checkpoint may be durable all the same, or the lease be another's. */
export function isFatal(cause: unknown): boolean {
  return SluiceError.isInstance(cause) && FATAL.has(cause.code);
}

export function asCheckpointError(checkpoint: number, cause: unknown): SluiceError {
  if (SluiceError.isInstance(cause)) return cause;
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_FAILED',
    component: `checkpoint ${checkpoint}`,
    expected: 'barrier, state and manifest to be written',
    actual: cause instanceof Error ? cause.message : 'a failure',
    remedy: 'look at the cause',
    cause,
  });
}

export function timedOut(checkpoint: number, timeout: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_TIMEOUT',
    component: `checkpoint ${checkpoint}`,
    expected: `completion within ${timeout} ms`,
    actual: 'none',
    remedy: 'look for a slow sink or storage, or give checkpoints more time (timeout)',
  });
}

export function abandoned(checkpoint: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_FAILED',
    component: `checkpoint ${checkpoint}`,
    expected: 'a checkpoint in time',
    actual: 'one that was given up',
    remedy: 'nothing: the failure has been reported',
  });
}
