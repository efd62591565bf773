import type { Fault, Mistake } from '../faults/fault.js';
import type { Pace } from '../workload/payment-source.js';
import type { Pair, Place } from './sides.js';

/** Everything that a process of the job between two systems has to know. */
export interface PairPlan {
  readonly job: string;
  readonly pair: Pair;
  readonly place: Place;
  /** ms between checkpoints. */
  readonly interval: number;
  readonly pace: Pace;
  readonly bounded: boolean;
  /** ms between two looks for new splits. */
  readonly discoveryInterval?: number;
  /** How often the process starts the job again by itself. */
  readonly restarts: number;
  /** Whether it tells how much memory it uses. */
  readonly gauges?: boolean;
  readonly fault?: Fault | undefined;
  readonly mistake?: Mistake | undefined;
}
