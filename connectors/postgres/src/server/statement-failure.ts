import { SluiceError } from '@sluice/connector-sdk';
import { DISK_FULL, failureOf, isConnectionFailure, isTransient, NO_ANSWER, type PostgresFailure } from './failure.js';

/** What a user is told of an error that nothing more particular is known about. */
export function statementFailure(component: string, expected: string, error: unknown): SluiceError {
  if (SluiceError.isInstance(error)) return error;
  const failure = failureOf(error);
  return new SluiceError({
    ...meaningOf(failure),
    component,
    expected,
    actual: failure.message,
    transient: isTransient(failure),
    cause: failure,
  });
}

function meaningOf(failure: PostgresFailure): { readonly code: `SLUICE_${string}`; readonly remedy: string } {
  if (failure.code === DISK_FULL) {
    return {
      code: 'SLUICE_POSTGRES_DISK_FULL',
      remedy:
        'make room in the tablespace of the table, or where the server keeps its log; the job goes on from its latest checkpoint',
    };
  }
  if (failure.code === NO_ANSWER) {
    return {
      code: 'SLUICE_POSTGRES_TIMEOUT',
      remedy:
        'look whether the server hangs; raise `statementTimeout` if it has statements that take longer. The job goes on from its latest checkpoint',
    };
  }
  if (isConnectionFailure(failure)) {
    return {
      code: 'SLUICE_POSTGRES_CONNECTION',
      remedy: 'look at the server and at the network to it; the job goes on from its latest checkpoint',
    };
  }
  return {
    code: 'SLUICE_POSTGRES_STATEMENT',
    remedy:
      'look this code up in the log of the server, which has the details; what the table refuses, the table or the columns of the sink have to change',
  };
}
