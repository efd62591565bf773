/** A text of which only the server can say whether its column takes it. */
export interface Doubt<T> {
  readonly value: T;
  /** Which of the sink's columns. */
  readonly column: number;
  readonly text: string;
  /** Where its row is: which of the chunks that were handed over, and which row of it. */
  readonly chunk: number;
  readonly row: number;
}
