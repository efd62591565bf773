/** The parts of a `SluiceError`, each of them written for the reader who has to do something about it. */
export interface SluiceErrorDetails {
  /** Stable; documented; what programs compare. */
  readonly code: `SLUICE_${string}`;
  /** The operator, connector or function that speaks, by the name under which its user knows it. */
  readonly component: string;
  readonly expected: string;
  /** What was found instead. Never a secret, never the payload. */
  readonly actual: string;
  /** What to do. */
  readonly remedy: string;
  /** Nothing is wrong with the program or its settings: trying again later can help. A job whose check fails so is restarted. */
  readonly transient?: boolean;
  /** Starting again can only find the same, such as data that is gone: the job fails for good, whatever its restart strategy. */
  readonly permanent?: boolean;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('@sluice/connector-sdk.SluiceError');
const CAUSES_IN_JSON = 8;

/**
 * Every error that Sluice and its connectors throw to a user: a stable code, who speaks, what was expected, what was found and what
 * to do. Its message holds all of them.
 *
 * @example
 * const error = new SluiceError({
 *   code: 'SLUICE_OPTION',
 *   component: 'acmeSink',
 *   expected: 'a table',
 *   actual: 'none',
 *   remedy: 'set `table`',
 * });
 * // SluiceError: acmeSink: expected a table, got none. Remedy: set `table` [SLUICE_OPTION]
 */
export class SluiceError extends Error {
  readonly code: `SLUICE_${string}`;
  readonly component: string;
  readonly expected: string;
  readonly actual: string;
  readonly remedy: string;
  readonly transient: boolean;
  readonly permanent: boolean;

  constructor(details: SluiceErrorDetails) {
    const { code, component, expected, actual, remedy } = details;
    super(
      `${component}: expected ${expected}, got ${actual}. Remedy: ${remedy} [${code}]`,
      'cause' in details ? { cause: details.cause } : undefined,
    );
    this.code = code;
    this.component = component;
    this.expected = expected;
    this.actual = actual;
    this.remedy = remedy;
    this.transient = details.transient ?? false;
    this.permanent = details.permanent ?? false;
    Object.defineProperty(this, BRAND, { value: true });
  }

  /** True for a `SluiceError` of any copy of this package: an ESM and a CJS copy are different classes, so `instanceof` is not enough. */
  static isInstance(error: unknown): error is SluiceError {
    return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[BRAND] === true;
  }

  /** Plain data for a log or a wire. Of causes that are foreign errors only name, code and message are taken: drivers hang whole rows on theirs. */
  toJSON(): Record<string, unknown> {
    const { name, code, component, expected, actual, remedy, message } = this;
    const causes = causesOf(this);
    return { name, code, component, expected, actual, remedy, message, ...(causes.length > 0 ? { causes } : {}) };
  }
}

// On the prototype, as for the built-in errors, so that it is not printed among the fields of each error.
Object.defineProperty(SluiceError.prototype, 'name', { value: 'SluiceError', configurable: true, writable: true });

function causesOf(error: Error): unknown[] {
  const causes: unknown[] = [];
  let cause = error.cause;
  while (cause !== undefined && causes.length < CAUSES_IN_JSON) {
    if (!(cause instanceof Error)) {
      causes.push(typeof cause === 'object' ? Object.prototype.toString.call(cause) : String(cause));
      break;
    }
    const { name, message, code } = cause as Error & { readonly code?: unknown };
    causes.push({ name, message, ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}) });
    cause = cause.cause;
  }
  return causes;
}
