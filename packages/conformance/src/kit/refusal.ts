import { SluiceError } from '@sluice/connector-sdk';
import type { Spoken } from './plugin-context.js';
import { messageOf, noneOf, violated } from './violation.js';

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

/** A violation unless what is started without a server fails soon and clearly, and tells no secret. */
export async function failsWithoutServer(
  stage: { readonly spoken: Spoken; within<R>(what: string, work: Promise<R>): Promise<R> },
  start: Promise<void>,
  secrets: readonly string[] | undefined,
): Promise<void> {
  const failed = start.then(
    () => undefined,
    (cause: unknown) => cause ?? new Error('nothing'),
  );
  const error = await stage.within('a start without a server', failed);
  if (error === undefined) violated('everything seemed to work without a server');
  toldClearly(error);
  noneOf(spokenSecrets([...stage.spoken.lines, messageOf(error)], secrets));
}

/** Secrets in what a connector said. */
export function spokenSecrets(lines: readonly string[], secrets: readonly string[] = []): string[] {
  return secrets.filter((secret) => lines.some((line) => line.includes(secret))).map(() => 'a secret was told');
}
