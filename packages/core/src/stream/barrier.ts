/**
 * The state of one operator as it was at a barrier. It is encoded later, in slices between elements; until it is, the state
 * preserves what it changes.
 */
export interface CapturedState {
  readonly uid: string;
  /** Set when it can be encoded as what changed since a capture before. */
  readonly chain?: ChainLink | undefined;
  /** Hands over encoded chunks until `stop()` answers true; answers true when everything has been handed over. */
  encode(write: (chunk: Uint8Array) => void, stop: () => boolean): boolean;
  /** Nobody reads this chunk any more: its memory may be used for another one. */
  reuse?(chunk: Uint8Array): void;
  /** The checkpoint was given up: nothing needs to be preserved for it any more. */
  discard(): void;
}

/** A captured state as part of a chain: everything once, then what changed since the link before. */
export interface ChainLink {
  /** It is encoded as what changed. Settled by `join`. */
  readonly changes: boolean;
  /**
   * At the barrier, before anything changes: others may build on this one. With `onlyChanges` it is encoded as what changed since the
   * newest that was kept, if there is one and it is worth it; otherwise, and when this is not called, it has everything.
   */
  join(onlyChanges: boolean): void;
  /** Its checkpoint is complete: others build on this one. Does nothing once there has been another capture. */
  kept(): void;
}

/** A committable as its codec encoded it. */
export interface EncodedCommittable {
  readonly version: number;
  readonly bytes: Uint8Array;
}

/** A committable of this run: its transaction's own as well. */
export interface PreparedCommittable extends EncodedCommittable {
  readonly value: unknown;
}

/** The power of a sink to write in the transaction of a checkpoint storage. */
export interface JoinsPublication {
  /** Of a storage that names the same one. */
  readonly resource: string;
  commitWithin(transaction: unknown, committables: readonly PreparedCommittable[]): Promise<void>;
}

/** What a sink owes a checkpoint: everything before the barrier is durable when `prepared` resolves. */
export interface PreparedSink {
  readonly uid: string;
  /** Its committables are kept in the checkpoint. */
  readonly transactional: boolean;
  /** A transaction has been sealed for this checkpoint: it is gone with the checkpoint, so a failed one fails the run. */
  readonly sealed: boolean;
  /** In the order in which they must be committed; empty for sinks that only flush. */
  readonly prepared: Promise<readonly PreparedCommittable[]>;
  /** What the sink needs when it starts from this checkpoint, beside its committables; known once it is prepared. */
  readonly state: Promise<Uint8Array | undefined>;
  /** The checkpoint is complete: make it visible. */
  commit(committables: readonly EncodedCommittable[]): Promise<void>;
  /** Set when its committables can be written in the very transaction that publishes the checkpoint: see `Committer.commitWithin`. */
  readonly joins?: JoinsPublication | undefined;
}
