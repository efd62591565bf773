import { SluiceError } from '@sluice/connector-sdk';
import { failureOf } from '../server/failure.js';

/** The two refusals of PREPARE TRANSACTION that a setting of the server cures, as that; all others as they are. */
export function prepareFailure(component: string, error: unknown): unknown {
  if (SluiceError.isInstance(error)) return error;
  const failure = failureOf(error);
  if (failure.code === '55000') return twoPhaseOff(component, failure);
  if (failure.code === '53200')
    return tooFewSlots(component, 'a free slot for a prepared transaction', 'none left', failure);
  return failure;
}

export function twoPhaseOff(component: string, cause?: Error): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_TWO_PHASE_OFF',
    component,
    expected: 'a server with prepared transactions',
    actual: 'max_prepared_transactions = 0, which is the default of PostgreSQL',
    remedy:
      "set max_prepared_transactions = 64 in postgresql.conf and restart the server, or use `transactional: 'ledger'`",
    ...(cause ? { cause } : {}),
  });
}

export function tooFewSlots(component: string, expected: string, actual: string, cause?: Error): SluiceError {
  return new SluiceError({
    code: 'SLUICE_POSTGRES_SLOTS',
    component,
    expected,
    actual,
    remedy:
      'raise max_prepared_transactions and restart the server; look in pg_prepared_xacts for transactions that nobody finishes',
    ...(cause ? { cause } : {}),
  });
}
