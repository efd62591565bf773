import { SluiceError } from '@sluice/connector-sdk';

/** It says of which kind the value is, never the value. */
export function notARecord(component: string, expected: string, actual: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_KAFKA_VALUE',
    component,
    expected,
    actual: actual === null ? 'null' : typeof actual,
    remedy: 'correct the function, or map the elements that it cannot take before the sink',
  });
}
