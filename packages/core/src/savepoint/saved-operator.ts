import type { TablePreamble } from '../state/snapshot-format.js';
import { preambleOf } from '../state/snapshot-format.js';

/** An operator in a savepoint. */
export interface SavedOperator {
  readonly uid: string;
  /** Of its state, encoded. */
  readonly bytes: number;
  /** Its states. None for what is no state by key, such as what a sink remembers. */
  readonly states: readonly SavedState[];
}

export interface SavedState {
  /** As the operator declares it; `rolling` of `scanByKey` and `aggregateByKey`, `windows` of windows. */
  readonly name: string;
  /** `value` (of a value or reducing state), `list`, `map`, `aggregate`, or in words what an operator of its own keeps. */
  readonly kind: string;
  /** Each entry has the time of its last touch. */
  readonly ttl: boolean;
  /** Of the codec of its values. */
  readonly codecVersion: number;
}

export function savedOperator(uid: string, bytes: Uint8Array, maxParallelism: number): SavedOperator {
  return { uid, bytes: bytes.length, states: statesIn(uid, bytes, maxParallelism) };
}

function statesIn(uid: string, bytes: Uint8Array, maxParallelism: number): readonly SavedState[] {
  try {
    const preamble = preambleOf(bytes, uid);
    if (preamble.maxParallelism !== maxParallelism) return [];
    return preamble.tables.filter(({ name }) => !name.startsWith('~')).map(savedState);
  } catch {
    // It has a form of its own, which only its operator knows.
    return [];
  }
}

function savedState({ name, shape, by }: TablePreamble): SavedState {
  const timed = /^timed(?: (list|map)|\((.*)\))$/s.exec(shape);
  const inner = timed?.[1] ?? timed?.[2] ?? shape;
  const kind = inner === 'plain' ? 'value' : by.layout?.startsWith('a') === true ? 'aggregate' : inner;
  return { name, kind, ttl: timed !== null, codecVersion: by.version };
}
