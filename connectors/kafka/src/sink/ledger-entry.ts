import type { TransactionIdentity } from './committable.js';

/** Who holds a transactional id: the run that took it over last. */
export interface Fence {
  readonly incarnation: string;
  readonly epoch: number;
}

/** What one incarnation of a job has committed under one transactional id. */
export interface Commits {
  /** The newest committed checkpoint of each epoch, oldest epoch first. Commits of an epoch are in order, so older ones are in it. */
  readonly newest: readonly (readonly [epoch: number, checkpoint: number])[];
  /** Epochs up to this one have been dropped. 0: none. */
  readonly dropped: number;
}

/** All that the ledger says about one transactional id. */
export interface LedgerState {
  readonly fence: Fence | undefined;
  /** By incarnation. */
  readonly commits: ReadonlyMap<string, Commits>;
}

export const NOTHING_COMMITTED: Commits = { newest: [], dropped: 0 };

/** `'unknown'`: the entry that would tell has been dropped. */
export function verdictOn(
  { commits }: LedgerState,
  { incarnation, epoch, checkpoint }: TransactionIdentity,
): 'committed' | 'open' | 'unknown' {
  const { newest, dropped } = commits.get(incarnation) ?? NOTHING_COMMITTED;
  const entry = newest.find(([of]) => of === epoch);
  if (entry !== undefined) return checkpoint <= entry[1] ? 'committed' : 'open';
  return epoch <= dropped ? 'unknown' : 'open';
}

/** With this transaction in it, and no more than `runs` epochs. */
export function withCommit(
  { newest, dropped }: Commits,
  { epoch, checkpoint }: Pick<TransactionIdentity, 'epoch' | 'checkpoint'>,
  runs: number,
): Commits {
  const others = newest.filter(([of]) => of !== epoch);
  const all = [...others, [epoch, checkpoint] as const].sort(([a], [b]) => a - b);
  const surplus = all.slice(0, Math.max(0, all.length - runs));
  return { newest: all.slice(surplus.length), dropped: Math.max(dropped, surplus.at(-1)?.[0] ?? 0) };
}
