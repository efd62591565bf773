import { type Clock, SluiceError } from '@sluice/connector-sdk';
import { type BlobRef, writeBlob } from '../checkpoint/blob.js';
import { blobName } from '../checkpoint/checkpoint-name.js';
import { encodeFrames } from '../checkpoint/frames.js';
import { encodeManifest } from '../checkpoint/manifest.js';
import type { OpenedCheckpoint } from '../checkpoint/open-checkpoint.js';
import { acquireSavepoint } from '../checkpoint/savepoint.js';
import type { Savepoint } from '../job/job-options.js';
import { MAX_KEY_GROUPS } from '../state/key-group.js';
import { systemClock } from '../task/system-clock.js';
import type { OperatorChange } from './operator-change.js';
import { openedOf, type SavepointContents } from './read-savepoint.js';

/** What a new savepoint consists of. */
export interface SavepointDraft {
  /** Taken over as it is, positions of sources and transactions to commit included, but for what `operators` names. Nothing when left out. */
  readonly from?: SavepointContents;
  /** By uid: `replaceState`, `updateState`, `copyState` or `dropState`. */
  readonly operators?: Readonly<Record<string, OperatorChange>>;
  /** Of a savepoint that is taken over from none, 128 when left out; the job that starts from it has the same. */
  readonly maxParallelism?: number;
  /** By which state with a time to live counts as touched; the machine's when left out. */
  readonly clock?: Clock;
}

const COMPONENT = 'writeSavepoint';
const DEFAULT_MAX_PARALLELISM = 128;

/**
 * Writes a savepoint that a job can start from: state for a job that has never run, or that of another savepoint, changed.
 *
 * @param to the folder to make, or a name in a checkpoint storage; a savepoint that is there is never replaced
 * @returns the savepoint, for the job's `startFrom`
 * @throws SLUICE_SAVEPOINT when there is one already
 * @throws SLUICE_OPTION, SLUICE_UNKNOWN_UID, SLUICE_MAX_PARALLELISM, SLUICE_KEY for a draft that cannot be; then nothing is written
 * @throws SLUICE_STATE_VERSION, SLUICE_STATE_UNMATCHED for state that the descriptors cannot read
 * @see Apache Flink, State Processor API
 *
 * @example
 * const balances = [{ key: 'ann', state: { balance: 10 } }, { key: 'bob', state: { balance: 20 } }];
 * const accounts = replaceState({ balance: valueState<number>() }, balances);
 * const startFrom = await writeSavepoint('./savepoints/bootstrap', { operators: { accounts } });
 * createJob('accounts', flow, { startFrom });
 */
export async function writeSavepoint(to: string | Savepoint, draft: SavepointDraft): Promise<Savepoint> {
  const target = typeof to === 'string' ? { path: to } : to;
  const from = draft.from && openedOf(draft.from);
  const parts = await partsOf(draft, from);
  const { signal } = new AbortController();
  const lease = await acquireSavepoint(target, signal);
  try {
    const checkpoint = from?.checkpoint ?? 1;
    let blobs = 0;
    const write = (bytes: Parameters<typeof writeBlob>[2]) =>
      writeBlob(lease, blobName(lease.epoch, checkpoint, `s${++blobs}`), bytes);
    const operators = new Map<string, BlobRef[]>();
    for (const [uid, bytes] of parts.operators) operators.set(uid, [await write(bytes)]);
    const sinks = new Map<string, BlobRef[]>();
    for (const [uid, owed] of parts.committables)
      sinks.set(uid, owed.length === 0 ? [] : [await write(encodeFrames(owed))]);
    const manifest = {
      job: from?.manifest.job ?? target.path,
      checkpoint,
      epoch: from?.manifest.epoch ?? lease.epoch,
      incarnation: from?.manifest.incarnation ?? lease.incarnation,
      kind: 'savepoint',
      completedAt: (draft.clock ?? systemClock).now(),
      maxParallelism: parts.maxParallelism,
      finished: from?.manifest.finished ?? false,
      sources: parts.sources,
      operators,
      sinks,
    } as const;
    await lease.publish(checkpoint, encodeManifest(manifest));
  } finally {
    await lease.release();
  }
  return target;
}

interface SavepointParts extends Pick<OpenedCheckpoint, 'operators' | 'committables'> {
  readonly sources: OpenedCheckpoint['manifest']['sources'];
  readonly maxParallelism: number;
}

async function partsOf(draft: SavepointDraft, from: OpenedCheckpoint | undefined): Promise<SavepointParts> {
  const { clock = systemClock } = draft;
  const maxParallelism = maxParallelismOf(draft, from);
  const operators = new Map(from?.operators);
  const committables = new Map(from?.committables);
  const sources = new Map(from?.manifest.sources);
  for (const [uid, change] of Object.entries(draft.operators ?? {})) {
    const before = from?.operators.get(uid);
    const bytes = await changeOf(uid, change)({ uid, maxParallelism, clock, before });
    if (bytes !== undefined) {
      operators.set(uid, bytes);
      continue;
    }
    operators.delete(uid);
    committables.delete(uid);
    sources.delete(uid);
  }
  return { operators, committables, sources, maxParallelism };
}

function changeOf(uid: string, change: OperatorChange): OperatorChange['~change'] {
  if (typeof change?.['~change'] === 'function') return change['~change'];
  throw option(
    `what replaceState, updateState, copyState or dropState gives for '${uid}'`,
    typeof change,
    'make it by one of these functions',
  );
}

function maxParallelismOf({ maxParallelism }: SavepointDraft, from: OpenedCheckpoint | undefined): number {
  const before = from?.manifest.maxParallelism;
  const asked = maxParallelism ?? before ?? DEFAULT_MAX_PARALLELISM;
  if (!Number.isSafeInteger(asked) || asked < 1 || asked > MAX_KEY_GROUPS)
    throw option(`a maxParallelism from 1 to ${MAX_KEY_GROUPS}`, String(asked), 'give such a number, or leave it out');
  if (before === undefined || before === asked) return asked;
  throw option(
    `the maxParallelism of the savepoint that is taken over from, ${before}`,
    String(asked),
    'leave it out: state is divided by it',
  );
}

function option(expected: string, actual: string, remedy: string): SluiceError {
  return new SluiceError({ code: 'SLUICE_OPTION', component: COMPONENT, expected, actual, remedy });
}
