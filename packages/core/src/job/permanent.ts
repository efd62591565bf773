import { SluiceError } from '@sluice/connector-sdk';

/** Failures that come again whatever is restarted: mistakes in the program, damage, and having been superseded. */
const PERMANENT: ReadonlySet<string> = new Set([
  'SLUICE_ASYNC_EMISSION',
  'SLUICE_RESUBSCRIBED',
  'SLUICE_NESTED_STREAM',
  'SLUICE_KEY',
  'SLUICE_KEY_CHANGED',
  'SLUICE_NOT_KEYED',
  'SLUICE_STATE_UNMATCHED',
  'SLUICE_STATE_VERSION',
  'SLUICE_CHECKPOINT_DAMAGED',
  'SLUICE_CHECKPOINT_VERSION',
  'SLUICE_FENCED',
  'SLUICE_COMMIT_FAILED',
]);

/** What a sink's check, or the start of a source, found before anything was read. */
const found = new WeakSet<object>();

/** A check says what is wrong with the settings of a system: starting again finds the same, unless the error says otherwise. */
export function failedCheck(error: unknown): unknown {
  if (SluiceError.isInstance(error) && !error.transient) found.add(error);
  return error;
}

/** True when starting again cannot help, whatever the code says of most errors that have it. What a connector wraps counts as well. */
export function isPermanent(error: unknown): boolean {
  for (let each = error, depth = 0; SluiceError.isInstance(each) && depth < 10; each = each.cause, depth++) {
    if (!each.transient && (each.permanent || PERMANENT.has(each.code) || found.has(each))) return true;
    if (each.transient) return false;
  }
  return false;
}
