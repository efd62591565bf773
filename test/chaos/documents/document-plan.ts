import type { Place } from '../pairs/sides.js';
import type { Pace } from '../workload/payment-source.js';
import type { LettersIn } from './dead-letters.js';
import type { RevisionsFrom } from './revision-sources.js';
import type { TargetName } from './targets.js';

/** Mistakes that a connector could make; the judge has to notice each. */
export type DocumentMistake =
  /** It writes whatever comes, however old. */
  | 'compares no versions'
  /** The request was answered, so all of it was done. */
  | 'looks at no replies'
  | 'swallows rejects'
  /** They are written at once, not with the checkpoint. */
  | 'tells rejects at once';

/** Everything that a process of the job has to know. */
export interface DocumentPlan {
  readonly job: string;
  readonly place: Place;
  readonly source: RevisionsFrom;
  readonly target: TargetName;
  /** Which of two revisions is the newer one is said by the sink, or by the elements. */
  readonly versions: 'of the sink' | 'of the elements';
  readonly letters: LettersIn | undefined;
  /** ms between checkpoints. */
  readonly interval: number;
  readonly pace: Pace;
  /** How often the process starts the job again by itself. */
  readonly restarts: number;
  /** After so many checkpoints it takes a savepoint, below the folder of the place. */
  readonly savepointAfter?: number;
  /** It starts from this savepoint, and not from its latest checkpoint. */
  readonly startFrom?: string;
  readonly mistake?: DocumentMistake | undefined;
}
