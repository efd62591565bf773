/** Breaks the connections of a job that runs, each time that it has come so far. */
export class ConnectionCuts {
  #cutting: Promise<unknown> = Promise.resolve();
  readonly #counts: number[];

  /** @param counts Of items, rising. */
  constructor(
    counts: readonly number[],
    private readonly lose: () => Promise<void> | undefined,
  ) {
    this.#counts = [...counts];
  }

  /** The job has come to so many items. */
  at(count: number): void {
    const [next] = this.#counts;
    if (next === undefined || count < next) return;
    this.#counts.shift();
    this.#cutting = this.#cutting.then(() => this.lose());
    // Told by `made`: the job goes on meanwhile.
    this.#cutting.catch(() => {});
  }

  /** All that were begun. Rejects when one of them could not be made. */
  made(): Promise<unknown> {
    return this.#cutting;
  }
}
