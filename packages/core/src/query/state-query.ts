import type { StateShape } from '../state/descriptor.js';
import type { StateValues } from '../state/state-values.js';
import type { Key } from '../stream/element.js';

/** The state of one key to be looked at. */
export interface StateQuery {
  /** Of the operator. */
  readonly uid: string;
  /** The name of a state, or a record of descriptors as the operator declares them, for values with their types. */
  readonly state: string | StateShape;
  readonly key: Key;
}

/** What a query answers: the values of its descriptors; of a name, what is kept, or `undefined`. */
export type StateAnswer<Q extends StateQuery> = Q['state'] extends StateShape ? StateValues<Q['state']> : unknown;

export interface QueryOptions {
  /**
   * `'live'`, the default: what there is now, between two elements, whether or not a checkpoint will keep it.
   * `'checkpoint'`: what there was at the barrier of the next checkpoint, which is taken for it; answered when that checkpoint is complete
   * and its side effects are committed. So it agrees with what a transactional sink shows, and no restart takes it back.
   */
  readonly consistency?: 'live' | 'checkpoint';
}
