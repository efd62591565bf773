/**
 * Where checkpoints live, and with them who may write: the fence of everything else hangs on `acquire`.
 *
 * Names of jobs and blobs come from users and from the engine; an implementation validates them before they become paths or keys.
 */
export interface CheckpointStorage {
  readonly specVersion: 1;
  readonly name: string;
  /**
   * Become the only writer of this job: a strictly higher epoch, taken by compare-and-set (exclusive create, conditional put, a row).
   * The classic mistake: reading the newest epoch and writing the next one in two steps.
   */
  acquire(job: string, signal: AbortSignal): Promise<CheckpointLease>;
  /** Reads without becoming the writer: for a command line, and for restores from elsewhere. */
  inspect(job: string): Promise<CheckpointReader>;
}

/** The completed checkpoints of one job. */
export interface CheckpointReader {
  /** Ids of the complete checkpoints, ascending. What was never published is not among them. */
  list(): Promise<readonly number[]>;
  /** The manifest exactly as it was published. */
  manifest(checkpoint: number): Promise<Uint8Array>;
  /** A blob in chunks of any size. A missing one rejects; it is never empty instead. */
  read(blob: string): AsyncIterable<Uint8Array>;
}

/** Writes beside a manifest, in the same transaction; neither begins nor ends it. What `transaction` is, the lease's `resource` settles. */
export type WithinPublication = (transaction: unknown) => Promise<void>;

/** The right to write the checkpoints of one job, until somebody acquires a newer one. */
export interface CheckpointLease extends CheckpointReader {
  /** Strictly higher than that of every lease before it on this storage. */
  readonly epoch: number;
  /** A random id made when the job first used this storage and kept with it: see `PluginContext.incarnation`. */
  readonly incarnation: string;
  /** Durable when it resolves, though it belongs to no checkpoint before a published manifest names it. */
  write(blob: string, chunks: AsyncIterable<Uint8Array> | Uint8Array): Promise<void>;
  /**
   * Optional power: where its transactions are and what they may do there, such as one database of one server as one role. A committer
   * that names the same resource writes its rows in the transaction that publishes the checkpoint (`Committer.commitWithin`). Equal names
   * must mean the same place, so make them of what the system itself says, never of a URL; the name also settles what a transaction is.
   */
  readonly resource?: string | undefined;
  /**
   * Durable and atomic, and only while this lease is the newest: a superseded one fails with `SLUICE_FENCED`. When it resolves the
   * checkpoint is complete.
   *
   * `within`, which only a lease with a `resource` is given, writes into the transaction of the publication: what it wrote is there when,
   * and only when, the manifest is. It is called once the lease is known to be the newest and kept so; what it throws is thrown on, and
   * nothing is there. After an attempt that has certainly failed it may be called again, with another transaction.
   */
  publish(checkpoint: number, manifest: Uint8Array, within?: WithinPublication): Promise<void>;
  /** Removes blobs, or checkpoints by their manifest's name. What is already gone is no error. */
  remove(names: readonly string[]): Promise<void>;
  /** Gives the lease back. Idempotent; a superseded lease releases without touching its successor's. */
  release(): Promise<void>;
}
