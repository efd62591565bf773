import { SluiceError } from '@sluice/connector-sdk';

/** What the author told the kit cannot be. */
export function badOption(component: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CONFORMANCE_OPTIONS',
    component,
    expected,
    actual,
    remedy: 'correct the options given to the kit, or its environment variables',
  });
}
