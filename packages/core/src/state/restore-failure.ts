import { SluiceError } from '@sluice/connector-sdk';

export function damaged(component: string, expected: string, actual: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CHECKPOINT_DAMAGED',
    component,
    expected,
    actual,
    remedy: 'restore from an older checkpoint or savepoint',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Bytes that end too early or make no sense are damage; what user code threw keeps its own name. */
export function asDamage(cause: unknown, component: string): unknown {
  if (!SluiceError.isInstance(cause) || !cause.code.startsWith('SLUICE_CODEC_')) return cause;
  return damaged(component, cause.expected, cause.actual, cause);
}

export function otherShape(state: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component: state,
    expected: `state kept as ${expected}`,
    actual: `a checkpoint that has it as ${actual}`,
    remedy: 'give the changed state a new name, or go on from a savepoint of the version that wrote it',
  });
}

export function unknownVersion(state: string, version: number, written: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component: state,
    expected: `bytes of codec version ${version} or older`,
    actual: `version ${written}`,
    remedy: 'run the version of the program that wrote this checkpoint, or a newer one',
  });
}

export function olderCodecMissing(state: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component: state,
    expected: 'the codec that wrote this state',
    actual: 'another one',
    remedy: 'keep the codec of a state, and raise its version when the encoding changes',
  });
}

export function undecodable(state: string, version: number, written: number, cause: unknown): unknown {
  const unknown = SluiceError.isInstance(cause) && cause.code === 'SLUICE_CODEC_VERSION';
  if (SluiceError.isInstance(cause) && !unknown) return cause;
  return new SluiceError({
    code: written === version && !unknown ? 'SLUICE_CHECKPOINT_DAMAGED' : 'SLUICE_STATE_VERSION',
    component: state,
    expected: `a value that the codec can decode (version ${version})`,
    actual: `a failure to decode bytes of version ${written}`,
    remedy:
      'let `decode(version, bytes)` read what older versions of the codec wrote, or start from another checkpoint',
    cause,
  });
}

export function unknownState(uid: string, name: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_UNMATCHED',
    component: uid,
    expected: `a state named '${name}', which the checkpoint has`,
    actual: `none of that name in operator '${uid}'`,
    remedy:
      'declare the state under its name, or start from a savepoint with allowNonRestoredState: true to drop what no state takes',
  });
}

export function undroppable(uid: string, name: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_UNMATCHED',
    component: uid,
    expected: `a state named '${name}', written by a codec with a form of its own: without it nobody knows where a value ends`,
    actual: `none of that name in operator '${uid}'`,
    remedy: 'declare the state with its codec, and clear it; or give the operator a new uid',
  });
}

export function otherMaxParallelism(uid: string, expected: number, actual: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_MAX_PARALLELISM',
    component: uid,
    expected: `a maximal parallelism of ${actual}, which the checkpoint was written with`,
    actual: `${expected}`,
    remedy: `set maxParallelism to ${actual}: the first checkpoint of a job fixes it`,
  });
}

export function newerFormat(component: string, known: number, actual: number): SluiceError {
  return new SluiceError({
    code: 'SLUICE_STATE_VERSION',
    component,
    expected: `keyed state of format ${known}`,
    actual: `format ${actual}`,
    remedy: 'restore it with the version of Sluice that wrote it, or a newer one',
  });
}
