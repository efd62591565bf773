import { type Clock, SluiceError } from '@sluice/connector-sdk';
import type { OperatorFunction } from 'rxjs';
import type { CheckpointKind } from '../checkpoint/manifest.js';
import { type OpenedCheckpoint, openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { placeOf, readSavepoint as readNewest } from '../checkpoint/savepoint.js';
import type { Savepoint } from '../job/job-options.js';
import { unknownUid } from '../query/query-failure.js';
import type { StateShape } from '../state/descriptor.js';
import type { StateValues } from '../state/state-values.js';
import type { Keyed } from '../stream/element.js';
import { systemClock } from '../task/system-clock.js';
import { type SavedEntry, SavedKeys } from './saved-keys.js';
import { type SavedOperator, savedOperator } from './saved-operator.js';
import { savedOperatorState } from './saved-operator-state.js';
import { type SavedSplit, type SplitCodecs, savedSplit } from './saved-split.js';
import { savedWindows } from './saved-windows.js';

/** A savepoint or checkpoint, opened to be read. It has been read and verified whole; nothing in it changes. */
export interface SavepointContents {
  /** Of the job that wrote it. */
  readonly job: string;
  readonly checkpoint: number;
  readonly kind: CheckpointKind;
  /** Epoch milliseconds. */
  readonly completedAt: number;
  readonly maxParallelism: number;
  /** Everything that keeps state, with the names and kinds of its states. */
  readonly operators: readonly SavedOperator[];
  /** The uids of its sources. */
  readonly sources: readonly string[];
  /** The uids of its transactional sinks, and how many transactions each still has to commit when a job starts from here. */
  readonly sinks: readonly { readonly uid: string; readonly pending: number }[];
  /**
   * What an operator keeps for each key, in no order: state that has not expired, and timers. Keys are decoded as the iteration goes on, a part
   * of them at a time; each iteration begins anew.
   *
   * @param state descriptors as the operator has them; states that it does not name are passed over. `scanByKey` and `aggregateByKey` keep theirs
   * as `rolling`: `{ rolling: valueState<R>() }` and `{ rolling: aggregatingState(aggregate) }`
   * @throws SLUICE_UNKNOWN_UID for an operator that is not there
   * @throws SLUICE_STATE_VERSION for state of another kind, or of a newer codec
   * @throws SLUICE_STATE_UNMATCHED for a state that is not named and that only its codec can pass over
   */
  keyed<S extends StateShape>(uid: string, state: S): Iterable<SavedEntry<S>>;
  /**
   * What an operator keeps beside its keys: the lists of `processStream`, the broadcast state of `processBroadcast`.
   *
   * @param state descriptors as the operator has them
   * @throws SLUICE_UNKNOWN_UID, SLUICE_UNKNOWN_STATE for what is not there
   * @throws SLUICE_STATE_VERSION, SLUICE_STATE_UNMATCHED as `keyed`
   */
  operatorState<S extends StateShape>(uid: string, state: S): StateValues<S>;
  /**
   * What the open windows of an operator hold: what each would give if the input ended here. Windows of event time, fixed, sliding or sessions;
   * one that has fired and waits for late elements gives nothing more.
   *
   * @param windows the window operator and what stands right behind it: best the very function that the job has in its pipe
   * @throws SLUICE_UNKNOWN_UID for an operator that is not there
   * @throws SLUICE_STATE_VERSION for windows of another kind or aggregate
   *
   * @example
   * const perMinute = (keyed$: Observable<Keyed<string, Click>>) =>
   *   keyed$.pipe(windowBy(tumbling('1m'), { uid: 'per-minute' }), aggregate(countOf()));
   * const storage = memoryCheckpoints();
   * const counts$ = clicks$.pipe(
   *   keyBy((click) => click.user),
   *   perMinute,
   *   to(callbackSink(() => {})),
   * );
   * await createJob('clicks', counts$, { checkpoints: { interval: '10s', storage } }).run();
   * const newest = await readSavepoint({ path: 'clicks', storage });
   * for (const { key, window, value } of newest.windows('per-minute', perMinute)) console.log(key, window.start, value);
   */
  windows<K, T, R>(uid: string, windows: OperatorFunction<Keyed<K, T>, R>): readonly R[];
  /**
   * How far a source has read.
   *
   * @param source knows the codecs of its splits and positions; not needed for one that has none of its own
   * @throws SLUICE_UNKNOWN_UID for a source that is not there
   * @throws SLUICE_STATE_VERSION for bytes that the codecs cannot decode
   */
  splits<Split = unknown, Position = unknown>(
    uid: string,
    source?: SplitCodecs<Split, Position>,
  ): readonly SavedSplit<Split, Position>[];
}

export interface ReadSavepointOptions {
  /** Of a job's checkpoints, which; the newest when left out. */
  readonly checkpoint?: number;
  /** By which state with a time to live expires; the machine's when left out. State by event time goes by its operator's own. */
  readonly clock?: Clock;
}

/**
 * Opens a savepoint, or a checkpoint of a job, to be read by a program.
 *
 * @param from what `savepoint()` or `stop()` gave back, or its path; for a checkpoint, `{ path: job, storage }` with the name of the job
 * @throws SLUICE_SAVEPOINT when there is none
 * @throws SLUICE_CHECKPOINT_DAMAGED, SLUICE_CHECKPOINT_VERSION when it is not whole, or not known; and what the storage throws
 * @see Apache Flink, State Processor API
 *
 * @example
 * const state = { failures: valueStateOf(() => 0) };
 * const logins = replaceState(state, [{ key: 'ann', state: { failures: 3 } }]);
 * const savepoint = await writeSavepoint('./savepoints/logins', { operators: { logins } });
 * const contents = await readSavepoint(savepoint);
 * for (const entry of contents.keyed('logins', state)) console.log(entry.key, entry.state.failures); // ann 3
 */
export async function readSavepoint(
  from: string | Savepoint,
  { checkpoint, clock = systemClock }: ReadSavepointOptions = {},
): Promise<SavepointContents> {
  const target = typeof from === 'string' ? { path: from } : from;
  if (checkpoint === undefined) return new OpenedSavepoint(await readNewest(target), clock);
  const { storage, job } = placeOf(target);
  const reader = await storage.inspect(job);
  const ids = await reader.list();
  if (!ids.includes(checkpoint)) throw notThere(target.path, checkpoint, ids);
  return new OpenedSavepoint(await openCheckpoint(reader, checkpoint), clock);
}

/** Keys are decoded in so many parts, or fewer. */
const PARTS = 128;

const OPENED = Symbol.for('@sluice/core/opened-savepoint');

/** What `writeSavepoint` takes over from. */
export function openedOf(contents: SavepointContents): OpenedCheckpoint {
  const opened = (contents as Partial<OpenedSavepoint>)[OPENED];
  if (opened !== undefined) return opened;
  throw new SluiceError({
    code: 'SLUICE_OPTION',
    component: 'writeSavepoint',
    expected: 'what readSavepoint gave',
    actual: 'something else',
    remedy: 'open the savepoint by readSavepoint, and give that',
  });
}

class OpenedSavepoint implements SavepointContents {
  readonly job: string;
  readonly checkpoint: number;
  readonly kind: CheckpointKind;
  readonly completedAt: number;
  readonly maxParallelism: number;
  readonly operators: readonly SavedOperator[];
  readonly sources: readonly string[];
  readonly sinks: SavepointContents['sinks'];
  declare readonly [OPENED]: OpenedCheckpoint;
  declare private readonly clock: Clock;

  constructor(opened: OpenedCheckpoint, clock: Clock) {
    const { manifest, operators, committables } = opened;
    this.job = manifest.job;
    this.checkpoint = opened.checkpoint;
    this.kind = manifest.kind;
    this.completedAt = manifest.completedAt;
    this.maxParallelism = manifest.maxParallelism;
    this.operators = [...operators].map(([uid, bytes]) => savedOperator(uid, bytes, manifest.maxParallelism));
    this.sources = [...manifest.sources.keys()];
    this.sinks = [...committables].map(([uid, { length }]) => ({ uid, pending: length }));
    // Not to be seen by whoever prints it.
    Object.defineProperty(this, OPENED, { value: opened });
    Object.defineProperty(this, 'clock', { value: clock });
  }

  keyed<S extends StateShape>(uid: string, shape: S): Iterable<SavedEntry<S>> {
    const { clock, maxParallelism } = this;
    const bytes = this.stateOf(uid);
    const part = Math.ceil(maxParallelism / PARTS);
    return {
      *[Symbol.iterator]() {
        for (let from = 0; from < maxParallelism; from += part) {
          const saved = new SavedKeys({ uid, maxParallelism, shape, undeclared: 'drop', clock });
          saved.restore(bytes, { from, to: from + part - 1 });
          yield* saved.entries();
        }
      },
    };
  }

  operatorState<S extends StateShape>(uid: string, shape: S): StateValues<S> {
    return savedOperatorState(uid, this.maxParallelism, shape, this.stateOf(uid));
  }

  windows<K, T, R>(uid: string, windows: OperatorFunction<Keyed<K, T>, R>): readonly R[] {
    const { clock, maxParallelism } = this;
    return savedWindows(windows, { clock, maxParallelism, bytes: this.stateOf(uid) });
  }

  splits<Split, Position>(
    uid: string,
    source: SplitCodecs<Split, Position> = {},
  ): readonly SavedSplit<Split, Position>[] {
    const splits = this[OPENED].manifest.sources.get(uid);
    if (splits === undefined) throw unknownUid(this.component, uid, this.sources);
    return splits.map((split) => savedSplit(uid, split, source));
  }

  private stateOf(uid: string): Uint8Array {
    const { operators } = this[OPENED];
    const bytes = operators.get(uid);
    if (bytes === undefined) throw unknownUid(this.component, uid, [...operators.keys()]);
    return bytes;
  }

  private get component(): string {
    return `savepoint of job '${this.job}'`;
  }
}

function notThere(path: string, checkpoint: number, ids: readonly number[]): SluiceError {
  return new SluiceError({
    code: 'SLUICE_SAVEPOINT',
    component: 'savepoint',
    expected: `checkpoint ${checkpoint} at ${path}`,
    actual: ids.length === 0 ? 'none at all' : `complete ones: ${ids.join(', ')}`,
    remedy: 'name one that is there, or leave `checkpoint` out for the newest',
  });
}
