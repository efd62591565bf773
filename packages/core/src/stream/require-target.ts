import { SluiceError } from '@sluice/connector-sdk';

/** Before anything starts: what elements go to can take them. @throws SLUICE_SINK */
export function requireTarget(component: string, valid: boolean, expected: string, actual: unknown): void {
  if (valid) return;
  throw new SluiceError({
    code: 'SLUICE_SINK',
    component,
    expected,
    actual: actual === null ? 'null' : typeof actual,
    remedy: 'callbackSink takes a function, observerSink an Observer or Subject, writableSink a Writable of Node',
  });
}
