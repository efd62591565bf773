/** Behind which entry of a stream to read on. */
export interface StreamPosition {
  /** The id of the last entry that was read. */
  readonly id: string;
  /** How many entries had been added to the stream up to it, as far as that is known: the proof that none behind it was trimmed. */
  readonly added?: number;
}
