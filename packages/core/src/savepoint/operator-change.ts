import { type Clock, SluiceError } from '@sluice/connector-sdk';
import { unknownUid } from '../query/query-failure.js';
import type { StateShape } from '../state/descriptor.js';
import { preambleOf } from '../state/snapshot-format.js';
import { openedOf, type SavepointContents } from './read-savepoint.js';
import { type NewEntry, SavedKeys, type UpdateContext } from './saved-keys.js';

/** What becomes of the state of an operator in a new savepoint: `replaceState` and the others make it. */
export interface OperatorChange {
  readonly '~change': (setting: ChangeSetting) => Promise<Uint8Array | undefined>;
}

export interface ChangeSetting {
  readonly uid: string;
  readonly maxParallelism: number;
  readonly clock: Clock;
  /** The state in the savepoint that is taken over from. */
  readonly before: Uint8Array | undefined;
}

/**
 * All keyed state and timers of an operator anew: what a job is to begin with. What the operator keeps beside its keys, such as its event time,
 * stays if it is there.
 *
 * State with a time to live counts as touched now; by event time, at the first watermark.
 *
 * @param state descriptors as the operator has them
 * @param entries of each key; a later one of the same key takes the place of the one before
 *
 * @example
 * const balances = [{ key: 'ann', state: { balance: 10 } }, { key: 'bob', state: { balance: 20 } }];
 * await writeSavepoint('./savepoints/first', {
 *   operators: { accounts: replaceState({ balance: valueState<number>() }, balances) },
 * });
 */
export function replaceState<S extends StateShape, K = unknown>(
  state: S,
  entries: Iterable<NewEntry<S, K>> | AsyncIterable<NewEntry<S, K>>,
): OperatorChange {
  return {
    async '~change'({ uid, maxParallelism, clock, before }) {
      const saved = new SavedKeys({ uid, maxParallelism, shape: state, undeclared: 'drop', clock });
      if (before !== undefined) saved.takeHeader(preambleOf(before, uid).header);
      for await (const entry of entries) saved.add(entry);
      return saved.capture();
    },
  };
}

/**
 * The keyed state of an operator, changed key by key through the handles that `processKeyed` has. What is not touched stays as it is: other
 * states, timers, times of expiry.
 *
 * @param state descriptors of the states to change, as the operator has them
 * @param change called for each key that has state or timers; a key under which nothing is left is gone
 * @throws SLUICE_UNKNOWN_UID from `writeSavepoint` when the operator is not there
 *
 * @example
 * const state = { balance: valueStateOf(() => 0) };
 * const accounts = replaceState(state, [{ key: 'ann', state: { balance: 10 } }]);
 * const from = await readSavepoint(await writeSavepoint('./savepoints/euros', { operators: { accounts } }));
 * const cents = updateState(state, (entry) => entry.state.balance.set(entry.state.balance.get() * 100));
 * await writeSavepoint('./savepoints/cents', { from, operators: { accounts: cents } });
 */
export function updateState<S extends StateShape>(
  state: S,
  change: (context: UpdateContext<S>) => void,
): OperatorChange {
  return {
    async '~change'({ uid, maxParallelism, clock, before }) {
      if (before === undefined) throw unknownUid('updateState', uid, []);
      const saved = new SavedKeys({ uid, maxParallelism, shape: state, undeclared: 'keep', clock });
      saved.restore(before);
      saved.update(change);
      return saved.capture();
    },
  };
}

/** Leaves out everything of an operator, source or sink: it begins anew, or is not in the job any more. */
export function dropState(): OperatorChange {
  return { '~change': async () => undefined };
}

/**
 * The state of an operator of a savepoint as it is, for an operator with another uid, or in another job.
 *
 * @throws SLUICE_UNKNOWN_UID when it is not there
 *
 * @example
 * const balances = replaceState({ balance: valueState<number>() }, [{ key: 'ann', state: { balance: 10 } }]);
 * const from = await readSavepoint(await writeSavepoint('./savepoints/old', { operators: { balances } }));
 * await writeSavepoint('./savepoints/renamed', {
 *   from,
 *   operators: { accounts: copyState(from, 'balances'), balances: dropState() },
 * });
 */
export function copyState(from: SavepointContents, uid: string): OperatorChange {
  const { operators } = openedOf(from);
  const bytes = operators.get(uid);
  if (bytes === undefined) throw unknownUid(`savepoint of job '${from.job}'`, uid, [...operators.keys()]);
  return {
    async '~change'({ maxParallelism }) {
      if (maxParallelism === from.maxParallelism) return bytes;
      throw new SluiceError({
        code: 'SLUICE_MAX_PARALLELISM',
        component: 'copyState',
        expected: `a savepoint with a maximal parallelism of ${from.maxParallelism}, as the state of '${uid}' has`,
        actual: `${maxParallelism}`,
        remedy: 'give writeSavepoint that maxParallelism',
      });
    },
  };
}
