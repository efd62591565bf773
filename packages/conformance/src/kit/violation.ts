import { SluiceError } from '@sluice/connector-sdk';

/** What a case found to be wrong. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

/** Ends the case. */
export function violated(what: string, cause?: unknown): never {
  throw cause === undefined ? new Violation(what) : new Violation(what, { cause });
}

/** Ends the case unless there is nothing in the list. */
export function noneOf(problems: readonly string[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 5 ? `; and ${problems.length - 5} more` : '';
  violated(`${problems.slice(0, 5).join('; ')}${more}`);
}

/** What an error says: of one of ours also its code, which is the stable part. */
export function messageOf(error: unknown): string {
  if (SluiceError.isInstance(error)) {
    const cause = error.cause === undefined ? '' : ` (cause: ${messageOf(error.cause)})`;
    return `${error.message}${cause}`;
  }
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
