/**
 * Tells when an input has been silent for too long. Its clock stands still while the input is held back: that silence is not the
 * input's, and taking it for idleness would make its next elements late. For the same reason one look at the clock counts for no more
 * than half of the time: the process may have stood still, or the clock have been set.
 *
 * Nothing is read from the clock per element: an element raises a flag, and `check`, called some times per `after`, looks at it. So
 * idleness is noticed late by up to twice the time between two checks, and never early.
 */
export class IdleClock {
  /** Raised by each element. */
  active = false;
  private silence = 0;
  private seenAt: number;
  private paused = false;

  constructor(
    private readonly after: number,
    now: number,
  ) {
    this.seenAt = now;
  }

  /** Answers true when nothing has come for the configured time. */
  check(now: number): boolean {
    this.count(now);
    if (this.active) {
      this.active = false;
      this.silence = 0;
    }
    return !this.paused && this.silence >= this.after;
  }

  pause(now: number): void {
    this.count(now);
    this.paused = true;
  }

  resume(now: number): void {
    this.count(now);
    this.paused = false;
  }

  private count(now: number): void {
    const elapsed = Math.min(now - this.seenAt, this.after / 2);
    this.seenAt = now;
    if (!this.paused && elapsed > 0) this.silence += elapsed;
  }
}
