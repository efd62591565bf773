import { SluiceError } from '@sluice/connector-sdk';
import type { Settings } from './settings.js';
import { messageOf } from './violation.js';

/** What a case is about, whoever is tested. */
export interface CaseText {
  /** What holds. */
  readonly title: string;
  /** How it is usually broken. */
  readonly mistake: string;
  /** What to do then. */
  readonly remedy: string;
}

/** One thing that a connector has to do right. */
export interface ConformanceCase extends CaseText {
  /** Stable: `sink/commit-is-idempotent`. */
  readonly id: string;
  /** Why it does not apply to this connector; undefined when it does. */
  readonly skipped: string | undefined;
  /** ms after which a test runner may give it up; it ends by itself before. */
  readonly timeout: number;
  /** Rejects with SLUICE_CONFORMANCE. */
  run(): Promise<void>;
}

/** All cases of one connector, and what they have to give back when they are over. */
export interface CaseList {
  readonly cases: readonly ConformanceCase[];
  end(): Promise<void>;
}

/** A failure as its author reads it: what was found, the classic mistake, and how to see it again. */
export function caseFailure(id: string, text: CaseText, settings: Settings, cause: unknown): SluiceError {
  return new SluiceError({
    code: 'SLUICE_CONFORMANCE',
    component: id,
    expected: `that ${text.title}`,
    actual: messageOf(cause),
    remedy: [
      text.remedy,
      `  The classic mistake: ${text.mistake}.`,
      `  Again: SLUICE_CONFORMANCE_SEED=${settings.seed} SLUICE_CONFORMANCE_CASES=${id} and your test command`,
    ].join('\n'),
    cause,
  });
}

/** Whether it was asked for. */
export function isWanted(id: string, { only }: Settings): boolean {
  return only.length === 0 || only.some((wanted) => id === wanted || id.startsWith(`${wanted}/`));
}
