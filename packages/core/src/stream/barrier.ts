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

/** What a sink owes a checkpoint: everything before the barrier is durable when this resolves. */
export interface PreparedSink {
  readonly uid: string;
  /** Encoded committables, in the order in which they must be committed; empty for sinks that only flush. */
  readonly prepared: Promise<readonly Uint8Array[]>;
  /** The checkpoint is complete: make it visible. */
  commit(committables: readonly Uint8Array[]): Promise<void>;
}
