/** What an operator behind a source knows of the source's splits: one watermark each, and the split that is behind is read first. */
export interface SourceSplits {
  /** Place of the split whose element is being given. */
  readonly current: number;
  /** Ids by place. A place is never used again; splits are added before their first element. */
  readonly ids: readonly string[];
  /** False until the source has told its first splits: what comes from there is not known yet. */
  readonly known: boolean;
  /** Watermark of each split by place, kept by the operator that makes watermarks. */
  readonly watermarks: number[];
  /** Set by the operator that makes watermarks: the split of this place has given its last element. */
  ended: ((place: number) => void) | undefined;
  /**
   * Set by the operator that makes watermarks: the source (or one split of it) is held back by backpressure, alignment or a barrier,
   * or goes on. Silence in between is not the input's, so the clock of idleness stands still.
   */
  heldBack?: ((held: boolean, place?: number) => void) | undefined;
  /**
   * Set by the operator that makes watermarks: this split has drifted too far ahead of its alignment group, and waits; `goOn` is called
   * once when that may have changed.
   */
  ahead?: ((place: number, goOn: () => void) => boolean) | undefined;
  /** Set by the loop: elements of this split have been read and not been given out yet. */
  atHand?: ((place: number) => boolean) | undefined;
  /** Set by the loop: no further element of the batch being given out, before another split has been looked at. */
  interrupt?: (() => void) | undefined;
}
