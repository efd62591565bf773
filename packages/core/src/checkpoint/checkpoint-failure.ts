import { SluiceError } from '@sluice/connector-sdk';

/** The lease is no longer the newest: nothing that it is asked for has an effect on the newest one. */
export function fenced(component: string, epoch: number, actual: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FENCED',
    component,
    expected: `the newest lease, epoch ${epoch}`,
    actual,
    remedy: 'another run of this job has taken over: stop this one, or stop the other and start again',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What was read is not what was written. Nothing of it has been decoded. */
export function damaged(component: string, what: string, actual: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_DAMAGED',
    component,
    expected: `${what} as it was written`,
    actual,
    remedy: 'bring it back from a backup of the checkpoint storage, or start from a savepoint',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Whole, and written in a format that this version cannot read. */
export function unknownVersion(component: string, what: string, version: number, known = 1): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_VERSION',
    component,
    expected: `${what} in format version ${known}${known > 1 ? ' or older' : ''}`,
    actual: `version ${version}`,
    remedy: 'restore with the version of Sluice that wrote it, or with a newer one',
  });
}

/** A name, path or id that must not reach a file system or a database. */
export function badName(component: string, expected: string, actual: string, remedy: string): SluiceError {
  return new SluiceError({ code: 'SLUICE_CHECKPOINT_NAME', component, expected, actual, remedy });
}

/** Larger than what a restore would accept, so it is refused before it is written. */
export function tooLarge(component: string, what: string, limit: number, actual: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_SIZE',
    component,
    expected: `${what} of at most ${limit} bytes`,
    actual: `${actual}`,
    remedy: 'keep less state in one operator, or split the operator by key',
  });
}

/** The disk refused. What was asked for has certainly not happened, and may be asked for again. */
export function inputOutput(component: string, doing: string, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_IO',
    component,
    expected: `to be able to ${doing}`,
    actual: reason(cause),
    remedy: 'look at the free space, the permissions and the health of the disk',
    cause,
  });
}

/**
 * The disk refused after the checkpoint had become visible: nobody knows whether it is durable. A run that has prepared transactions
 * for it must end without aborting them, since the recovery may find the checkpoint and commit them.
 */
export function inDoubt(component: string, checkpoint: number, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_IN_DOUBT',
    component,
    expected: `checkpoint ${checkpoint} to be published durably`,
    actual: `${reason(cause)}, after it may have become visible`,
    remedy: 'let the job restart: it goes on from this checkpoint if it is there, otherwise from the one before',
    cause,
  });
}

/** The short code of a file system's error: its message holds paths, which belong into `cause`. */
export function reason(cause: unknown): string {
  if (SluiceError.isInstance(cause)) return cause.code;
  return errnoOf(cause) ?? (cause instanceof Error ? cause.name : typeof cause);
}

export function errnoOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

export function isDamaged(error: unknown): boolean {
  return SluiceError.isInstance(error) && error.code === 'SLUICE_CHECKPOINT_DAMAGED';
}
