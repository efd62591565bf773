/**
 * The state of one operator as it was at a barrier. It is encoded later, in slices between elements; until it is, the state
 * preserves what it changes.
 */
export interface CapturedState {
  readonly uid: string;
  /** Hands over encoded chunks until `stop()` answers true; answers true when everything has been handed over. */
  encode(write: (chunk: Uint8Array) => void, stop: () => boolean): boolean;
  /** The checkpoint was given up: nothing needs to be preserved for it any more. */
  discard(): void;
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
