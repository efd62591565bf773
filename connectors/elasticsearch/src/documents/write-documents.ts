import type { Client } from '@elastic/elasticsearch';
import type { BulkRequests } from '../bulk/bulk-requests.js';
import type { ItemOutcome } from '../bulk/item-outcome.js';
import { keyOfPlace } from '../entry/entry.js';
import {
  type DocumentWrite,
  type FoldOptions,
  foldEntries,
  needsStored,
  type StoredDocument,
  UNREAD,
  type VersionedEntry,
} from './document-write.js';
import { groupEntries } from './group-entries.js';
import { readStored } from './read-stored.js';

export interface DocumentTarget {
  readonly component: string;
  readonly client: Client;
  readonly requests: BulkRequests;
  /** Versions are the user's: an entry may be older than one before it. */
  readonly versionsGiven: boolean;
  readonly fold: FoldOptions;
}

/** What became of one entry. */
export interface EntryOutcome<T> {
  readonly entry: VersionedEntry<T>;
  readonly outcome: ItemOutcome;
}

/** Entries of one document that are yet to be written: `now` together, `later` one by one after them. */
interface Round<T> {
  readonly now: readonly VersionedEntry<T>[];
  readonly later: readonly VersionedEntry<T>[];
}

/**
 * Sends every entry, in order, so that what the server refuses does not depend on what happened to be sent with it. Updates are the
 * exception: what a document's entries come to is one write, or the document would have to be read again for each of them. When the server
 * refuses that for good, one of them is to blame, and they are written one by one: this one alone is rejected, and what the others say is
 * kept.
 */
export async function writeDocuments<T>(
  entries: readonly VersionedEntry<T>[],
  target: DocumentTarget,
  signal: AbortSignal,
): Promise<readonly EntryOutcome<T>[]> {
  const results: EntryOutcome<T>[] = [];
  let rounds = firstRound(entries);
  while (rounds.length > 0) {
    const following: Round<T>[] = [];
    for (const [{ now, later }, outcome] of await writeRound(rounds, target, signal)) {
      const [first, ...others] = now;
      if (outcome.kind === 'rejected' && first !== undefined && others.length > 0) {
        following.push({ now: [first], later: others });
        continue;
      }
      for (const entry of now) results.push({ entry, outcome });
      const [next, ...rest] = later;
      if (next === undefined) continue;
      if (outcome.kind === 'retry') for (const entry of later) results.push({ entry, outcome });
      else following.push({ now: [next], later: rest });
    }
    rounds = following;
  }
  return results;
}

function firstRound<T>(entries: readonly VersionedEntry<T>[]): Round<T>[] {
  if (!entries.some(isUpdate)) return alone(entries);
  return groupEntries(entries).flatMap((group) => (group.some(isUpdate) ? [{ now: group, later: [] }] : alone(group)));
}

function isUpdate<T>({ action }: VersionedEntry<T>): boolean {
  return action === 'update';
}

function alone<T>(entries: readonly VersionedEntry<T>[]): Round<T>[] {
  return entries.map((entry) => ({ now: [entry], later: [] }));
}

async function writeRound<T>(
  rounds: readonly Round<T>[],
  target: DocumentTarget,
  signal: AbortSignal,
): Promise<readonly (readonly [Round<T>, ItemOutcome])[]> {
  const stored = await storedFor(rounds, target, signal);
  const outcomes: (readonly [Round<T>, ItemOutcome])[] = [];
  const writes = new Map<DocumentWrite<T>, Round<T>>();
  for (const round of rounds) {
    const found = stored(round);
    if (found === undefined) {
      outcomes.push([round, { kind: 'retry', reason: 'not read' }]);
      continue;
    }
    const write = foldEntries(round.now, found, target.fold);
    if (write === undefined) outcomes.push([round, { kind: 'stale', stored: found.version }]);
    else writes.set(write, round);
  }
  for (const [write, outcome] of await target.requests.send([...writes.keys()], signal)) {
    outcomes.push([writes.get(write) as Round<T>, outcome]);
  }
  return outcomes;
}

/** What the server holds of a round's document, as far as that matters. */
async function storedFor<T>(
  rounds: readonly Round<T>[],
  { client, component, versionsGiven, fold }: DocumentTarget,
  signal: AbortSignal,
): Promise<(round: Round<T>) => StoredDocument | undefined> {
  const matters = ({ now }: Round<T>) => needsStored(now, versionsGiven);
  const places = rounds.filter(matters).flatMap(({ now: [entry] }) => (entry === undefined ? [] : [entry.place]));
  const read = await readStored({ client, component, deletedField: fold.deletedField }, places, signal);
  return (round) => {
    if (!matters(round)) return UNREAD;
    const [entry] = round.now;
    return entry === undefined ? undefined : read.get(keyOfPlace(entry.place));
  };
}
