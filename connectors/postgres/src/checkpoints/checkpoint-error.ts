import { SluiceError } from '@sluice/connector-sdk';
import { isTransient, PostgresFailure } from '../server/failure.js';

export const COMPONENT = 'postgresCheckpoints';

/** The codes are those of every checkpoint storage; what they mean does not depend on where the checkpoints are. */
export function fenced(epoch: number, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FENCED',
    component: COMPONENT,
    expected: `the newest lease, epoch ${epoch}`,
    actual,
    remedy: 'another run of this job has taken over: stop this one, or stop the other and start again',
  });
}

export function damaged(what: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_DAMAGED',
    component: COMPONENT,
    expected: `${what} as it was written`,
    actual,
    remedy: 'bring it back from a backup of the database, or start from a savepoint',
  });
}

export function badName(expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_NAME',
    component: COMPONENT,
    expected,
    actual,
    remedy: 'use names and ids as the engine makes them',
  });
}

/** What the server said, for a user; what else was thrown, as it is. */
export function storageFailure(doing: string, error: unknown): unknown {
  if (!(error instanceof PostgresFailure)) return error;
  const cause = error;
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_IO',
    component: COMPONENT,
    expected: `to be able to ${doing}`,
    actual: cause.message,
    transient: isTransient(cause),
    remedy: 'look at the server, its free space, and the privileges of this role on the tables sluice_checkpoint_*',
    cause,
  });
}

/** The connection was gone after the last statement had been sent, and nobody could be asked what became of it. */
export function inDoubt(checkpoint: number, cause: PostgresFailure): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_IN_DOUBT',
    component: COMPONENT,
    expected: `checkpoint ${checkpoint} to be published durably`,
    actual: `${cause.message}, after it may have become visible`,
    remedy: 'let the job restart: it goes on from this checkpoint if it is there, otherwise from the one before',
    transient: true,
    cause,
  });
}
