/**
 * Tells when an input has been silent for too long. Its clock stands still while the input is held back: that silence is not the
 * input's, and taking it for idleness would make its next elements late.
 *
 * Nothing is read from the clock per element: an element raises a flag, and `check`, called `every` ms, looks at it. So idleness is
 * noticed up to `every` ms late and never early.
 */
export class IdleClock {
  /** Raised by each element. */
  active = false;
  private quietSince: number;
  private pausedAt = Number.NaN;

  constructor(
    private readonly after: number,
    now: number,
  ) {
    this.quietSince = now;
  }

  /** Answers true when nothing has come for the configured time. */
  check(now: number): boolean {
    if (!Number.isNaN(this.pausedAt)) return false;
    if (this.active) {
      this.active = false;
      this.quietSince = now;
      return false;
    }
    return now - this.quietSince >= this.after;
  }

  pause(now: number): void {
    if (Number.isNaN(this.pausedAt)) this.pausedAt = now;
  }

  resume(now: number): void {
    if (Number.isNaN(this.pausedAt)) return;
    this.quietSince += now - Math.max(this.pausedAt, this.quietSince);
    this.pausedAt = Number.NaN;
  }
}
