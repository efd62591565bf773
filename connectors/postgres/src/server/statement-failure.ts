import { SluiceError } from '@sluice/connector-sdk';
import { failureOf, isConnectionFailure, isTransient } from './failure.js';

/** What a user is told of an error that nothing more particular is known about. */
export function statementFailure(component: string, expected: string, error: unknown): SluiceError {
  if (SluiceError.isInstance(error)) return error;
  const failure = failureOf(error);
  const broken = isConnectionFailure(failure);
  return new SluiceError({
    code: broken ? 'SLUICE_POSTGRES_CONNECTION' : 'SLUICE_POSTGRES_STATEMENT',
    component,
    expected,
    actual: failure.message,
    remedy: broken
      ? 'look at the server and at the network to it; the job goes on from its latest checkpoint'
      : 'look this code up in the log of the server, which has the details; what the table refuses, the table or the columns of the sink have to change',
    transient: isTransient(failure),
    cause: failure,
  });
}
