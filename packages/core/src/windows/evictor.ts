/** An element of a window with its timestamp. */
export interface Timestamped<T> {
  readonly value: T;
  readonly timestamp: number;
}

/**
 * Removes elements from a window when it fires. It needs all of them, so nothing is aggregated before. A window of which it leaves
 * nothing still fires, empty.
 *
 * @see Apache Flink, `Evictor`
 */
export interface Evictor<in T> {
  /** Before or after the window function sees the elements. */
  readonly when: 'before' | 'after';
  /** Which of them stay, in order. */
  keep<V extends T>(elements: readonly Timestamped<V>[], window: unknown): readonly Timestamped<V>[];
}

/** When an evictor works; `before` by default. */
export interface EvictorOptions {
  readonly when?: 'before' | 'after';
}
