/** Tells many of the abort of a signal through one listener: it may be watched for hundreds of partitions. */
export class AbortWatch {
  readonly #told = new WeakMap<AbortSignal, Set<() => void>>();

  /** Answers how to end it. */
  watch(signal: AbortSignal, tell: () => void): () => void {
    const told = this.#told.get(signal) ?? this.#listen(signal);
    told.add(tell);
    return () => told.delete(tell);
  }

  #listen(signal: AbortSignal): Set<() => void> {
    const told = new Set<() => void>();
    this.#told.set(signal, told);
    signal.addEventListener(
      'abort',
      () => {
        for (const tell of told) tell();
      },
      { once: true },
    );
    return told;
  }
}
