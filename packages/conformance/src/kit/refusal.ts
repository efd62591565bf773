import { SluiceError } from '@sluice/connector-sdk';
import { messageOf, violated } from './violation.js';

/** What is wrong with how wrong options were answered. */
export function refusedEagerly(invalid: Readonly<Record<string, () => unknown>>): string[] {
  return Object.entries(invalid).flatMap(([name, make]) => {
    try {
      make();
    } catch (error) {
      if (!SluiceError.isInstance(error)) return [`${name}: ${messageOf(error)} is no SluiceError`];
      return error.remedy === '' ? [`${name}: ${error.code} has no remedy`] : [];
    }
    return [`${name} was accepted`];
  });
}

/** A violation unless the error, or what caused it, is one that says what to do. */
export function toldClearly(error: unknown): void {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (SluiceError.isInstance(cause) && cause.remedy !== '') return;
  }
  violated(`${messageOf(error)}: no SluiceError with a remedy`, error);
}

/** Secrets in what a connector said. */
export function spokenSecrets(lines: readonly string[], secrets: readonly string[] = []): string[] {
  return secrets.filter((secret) => lines.some((line) => line.includes(secret))).map(() => 'a secret was told');
}
