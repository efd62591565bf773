import { SluiceError } from '@sluice/connector-sdk';

export function unknownUid(component: string, uid: string, known: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'SLUICE_UNKNOWN_UID',
    component,
    expected: `the uid of an operator that keeps state: ${known.length === 0 ? 'there is none' : known.join(', ')}`,
    actual: `'${uid}'`,
    remedy: 'give the operator a uid, and ask for its state by it',
  });
}

export function unknownState(component: string, uid: string, state: string, known: readonly string[]): SluiceError {
  return new SluiceError({
    code: 'SLUICE_UNKNOWN_STATE',
    component,
    expected: `a state of operator '${uid}': ${known.length === 0 ? 'there is none' : known.join(', ')}`,
    actual: `'${state}'`,
    remedy: 'name it as the operator declares it; scanByKey and aggregateByKey keep theirs under `rolling`',
  });
}

export function otherKind(component: string, uid: string, state: string, kind: string, shape: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_UNKNOWN_STATE',
    component,
    expected: `the descriptor that operator '${uid}' declares '${state}' by, which is kept as ${shape}`,
    actual: `one of kind '${kind}'`,
    remedy: 'share the record of descriptors between the operator and those who read its state',
  });
}
