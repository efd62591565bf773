import type { Doubt } from '../encode/doubt.js';
import { refusedTexts, type TrialParts } from './text-trial.js';

/** Rejects the values whose texts the server refuses, and answers where their rows are: by chunk. */
export async function refusedRows<T>(
  trial: TrialParts,
  doubts: readonly Doubt<T>[],
  reject: (value: T, cause: Error) => void,
): Promise<ReadonlyMap<number, ReadonlySet<number>>> {
  const gone = new Map<number, Set<number>>();
  for (const [{ value, chunk, row }, cause] of await refusedTexts(trial, doubts)) {
    gone.set(chunk, (gone.get(chunk) ?? new Set<number>()).add(row));
    reject(value, cause);
  }
  return gone;
}
