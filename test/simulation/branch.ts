import type { Clock } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import type { Observable } from 'rxjs';
import type { Event, Splits } from './event.js';

/** What a branch may use while its job is built. */
export interface BranchTools {
  readonly clock: Clock;
  readonly random: SeededRandom;
}

/** One end of a simulated graph: how the engine does it, and what a plain computation says must come of it. */
export interface Branch {
  readonly name: string;
  /** Depends on the order in which the elements of a split come. */
  readonly ordered?: boolean;
  /** Streams of outputs, each for a sink of its own. */
  build(events$: Observable<Event>, tools: BranchTools): readonly Observable<string>[];
  /** What each sink must hold, in any order. No two outputs are the same. */
  expected(splits: Splits): readonly (readonly string[])[];
  /** For outputs that depend on the time of the clock: what does not. Then only complete outputs can be compared. */
  readonly fold?: (outputs: readonly string[]) => readonly string[];
}
