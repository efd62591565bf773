import type { Codec } from './codec.js';
import type { PluginContext } from './context.js';
import { definedPlugin } from './definition.js';
import type { Duration } from './duration.js';
import { SluiceError } from './error.js';

/** Where elements go. The kinds are told apart by `guarantee`; make one with `defineSink`. */
export type Sink<T> = AtLeastOnceSink<T> | IdempotentSink<T> | TransactionalSink<T>;

interface SinkBase {
  readonly specVersion: 1;
  /** For names, logs and errors. */
  readonly name: string;
  /** Fail here, with a remedy, when the system cannot give the guarantee. Called before anything starts. */
  check?(context: PluginContext): Promise<void>;
  /** How what `snapshotState` of its writer gives is kept in a checkpoint. `structuredCodec` when left out. */
  readonly writerStateCodec?: Codec<unknown> | undefined;
}

/** Writes as elements come and flushes at each checkpoint; what was written after the last one is written again after a crash. */
export interface AtLeastOnceSink<T> extends SinkBase {
  readonly guarantee: 'at-least-once';
  open(context: SinkContext<T>): Promise<SinkWriter<T>>;
}

/** Writes under a key that the element determines, so that a repeated write changes nothing: effectively once. */
export interface IdempotentSink<T> extends SinkBase {
  readonly guarantee: 'idempotent';
  /** The deterministic document key: a function of the element alone, never of the clock or of a counter. */
  keyOf(value: T): string;
  open(context: SinkContext<T>): Promise<SinkWriter<T>>;
}

/** Writes in transactions that become visible when, and only when, their checkpoint is complete: exactly once. */
export interface TransactionalSink<T, Committable = unknown> extends SinkBase {
  readonly guarantee: 'transactional';
  /** How committables are kept in a checkpoint. */
  readonly committableCodec: Codec<Committable>;
  open(context: SinkContext<T>): Promise<TransactionalWriter<T, Committable>>;
  openCommitter(context: PluginContext): Promise<Committer<Committable>>;
}

/** What a writer is given. */
export interface SinkContext<T> extends PluginContext {
  /**
   * To the `rejected` output of `to(...)`; fails the job when there is none. Emitted exactly once: what is rejected while a checkpoint is
   * being flushed is kept in it. Call it for elements of before the barrier until `flush` or `prepare` has resolved, not later.
   */
  reject(value: T, cause: unknown): void;
  /** What `snapshotState` of this sink's writer gave to the checkpoint that the run starts from; empty otherwise. */
  readonly restoredState: readonly unknown[];
  /** The epoch has grown to its bound: please take a checkpoint soon. The writer says it is full meanwhile; barriers still pass. */
  requestCheckpoint(): void;
}

/** The writer of a sink that is at-least-once or idempotent. */
export interface SinkWriter<T> {
  /** `undefined`: go on. A promise: full; the engine stops as soon as it can, though elements already in hand may still follow. Never throws away. */
  write(value: T, timestamp: number): Promise<void> | undefined;
  /**
   * Everything written before the call is durable when this resolves; elements may go on arriving meanwhile. `endOfInput`: none will, and
   * not because of a restart.
   */
  flush(endOfInput?: boolean): Promise<void>;
  close(): Promise<void>;
}

/**
 * The writer of a transactional sink: one `Transaction` object per epoch.
 *
 * The engine calls `begin` at the first element after a barrier (no element, no transaction) and `prepare` at the next barrier; elements
 * that follow go to the next object while `prepare` is still under way. So a writer cannot mix two epochs.
 */
export interface TransactionalWriter<T, Committable> {
  /** Synchronous; open the real transaction on the first write. */
  begin(): Transaction<T, Committable>;
  /**
   * Optional power: true when every checkpoint has a transaction, one without elements too: something that stays open over checkpoints
   * must be in each of them.
   */
  readonly everyEpoch?: boolean | undefined;
  close(): Promise<void>;
}

/** The elements between two barriers. */
export interface Transaction<T, Committable> {
  /** As in `SinkWriter`. */
  write(value: T, timestamp: number): Promise<void> | undefined;
  /**
   * Everything written here survives a crash once this resolves, invisible until committed. `endOfInput`: no element follows, so that what
   * stays open over checkpoints must be finished. The classic mistake: resolving before the server has said so.
   */
  prepare(checkpoint: number, endOfInput?: boolean): Promise<readonly Committable[]>;
  /** The checkpoint failed or the job is stopping: leave nothing behind. */
  abort(): Promise<void>;
}

/** Optional power of any writer: what it must remember from checkpoint to checkpoint. It comes back as `restoredState` of the context. */
export interface SupportsWriterState<S> {
  /**
   * Called at the barrier, right after `flush` or `prepare` has been. What it gives must not depend on later elements, which may arrive
   * before the promise resolves.
   */
  snapshotState(checkpoint: number): Promise<readonly S[]>;
}

/** Makes prepared transactions visible. It knows nothing but committables: it runs after restarts, for writers that are long gone. */
export interface Committer<Committable> {
  /** Once per start, before any write: fence older epochs, then roll back what is ours and not in `restored`. */
  recover(restored: readonly Committable[]): Promise<void>;
  /** Idempotent: called again for the same committable after every crash. */
  commit(committable: Committable): Promise<CommitResult>;
  /** Optional power, together with `commitWithin`: where it writes, see `CheckpointLease.resource`. */
  readonly resource?: string | undefined;
  /**
   * Writes committables, in order, into the transaction that publishes their checkpoint; called instead of `commit` where the checkpoint
   * storage names the same resource. They are kept nowhere else: no recovery meets them, since they are there as soon as the checkpoint is.
   * Neither begins nor ends the transaction; what it throws takes the checkpoint back. May be called again for the same committables, with
   * another transaction.
   */
  commitWithin?(transaction: unknown, committables: readonly Committable[]): Promise<void>;
  /**
   * Optional power: no checkpoint before `oldest` is kept any more, so what proves commits for earlier ones may be deleted; only what is
   * needed for `savepoints`, by the ids of the checkpoints that they hold, must stay for ever. May be late, repeated or skipped.
   */
  retained?(oldest: number, savepoints: readonly number[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * What became of a commit. `alreadyCommitted` needs a proof, such as a ledger row: a transaction that is merely unknown may as well have
 * been lost. `failed` fails the job: what was acknowledged as prepared is never dropped.
 */
export type CommitResult =
  | { readonly status: 'committed' }
  | { readonly status: 'alreadyCommitted'; readonly proof: string }
  | { readonly status: 'retryLater'; readonly after: Duration; readonly cause: unknown }
  | { readonly status: 'failed'; readonly cause: unknown };

const METHODS: Readonly<Record<string, readonly string[]>> = {
  'at-least-once': ['open'],
  idempotent: ['open', 'keyOf'],
  transactional: ['open', 'openCommitter'],
};

/**
 * Identity; gives contextual types by `guarantee` and checks at once. Sets `specVersion`.
 *
 * @throws SLUICE_SINK_DEFINITION when the guarantee is unknown or something that it requires is missing.
 *
 * @example
 * const lines = defineSink<string>({
 *   name: 'console',
 *   guarantee: 'at-least-once',
 *   open: async () => ({
 *     write: (line) => void console.log(line),
 *     flush: async () => {},
 *     close: async () => {},
 *   }),
 * });
 */
export function defineSink<T, Committable>(
  sink: Omit<TransactionalSink<T, Committable>, 'specVersion'>,
): TransactionalSink<T, Committable>;
export function defineSink<T>(sink: Omit<IdempotentSink<T>, 'specVersion'>): IdempotentSink<T>;
export function defineSink<T>(sink: Omit<AtLeastOnceSink<T>, 'specVersion'>): AtLeastOnceSink<T>;
export function defineSink<T>(sink: Omit<Sink<T>, 'specVersion'>): Sink<T> {
  const guarantee: unknown = sink?.guarantee;
  const methods = typeof guarantee === 'string' && Object.hasOwn(METHODS, guarantee) ? METHODS[guarantee] : undefined;
  if (methods === undefined) {
    throw new SluiceError({
      code: 'SLUICE_SINK_DEFINITION',
      component: 'defineSink',
      expected: `\`guarantee\` to be one of ${Object.keys(METHODS).join(', ')}`,
      actual: guarantee === undefined ? 'none' : String(guarantee),
      remedy: 'say what the sink guarantees after a crash',
    });
  }
  return definedPlugin<Sink<T>>(sink, {
    code: 'SLUICE_SINK_DEFINITION',
    component: 'defineSink',
    methods,
    requiredCodecs: guarantee === 'transactional' ? ['committableCodec'] : [],
  });
}
