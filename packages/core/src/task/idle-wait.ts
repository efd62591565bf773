import type { Clock } from '@sluice/connector-sdk';

/** The sleep of a loop that has nothing to do. */
export class IdleWait {
  private wakeUp: (() => void) | undefined;
  /** When the sleep that is under way ends. */
  private ends = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** Sleeps until a time of the clock, which may be ∞, or until somebody ends it. */
  async until(at: number): Promise<void> {
    this.ends = at;
    // Between two batches of a fast source there is such a wait: an AbortController for each would be seen.
    const sleep = at < Number.POSITIVE_INFINITY ? new AbortController() : undefined;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      if (sleep !== undefined) {
        this.clock.sleep(Math.max(0, at - this.clock.now()), sleep.signal).then(resolve, () => {});
      }
    });
    this.wakeUp = undefined;
    this.ends = Number.NEGATIVE_INFINITY;
    sleep?.abort();
  }

  /** Ends the sleep, if one is under way. */
  end(): void {
    this.wakeUp?.();
  }

  /** Whether a sleep is under way that ends after this time. */
  outlasts(at: number): boolean {
    return at < this.ends;
  }
}
