import type { Clock } from '@sluice/connector-sdk';

export interface ScheduleSettings {
  readonly clock: Clock;
  /** Milliseconds between the beginnings of two checkpoints. */
  readonly interval: number;
  /** Milliseconds at least between the end of one and the beginning of the next. */
  readonly minPause: number;
}

/** When a checkpoint is due: every interval, but for the pause after the one before, and as soon as somebody needs one. */
export class CheckpointSchedule {
  private requested = false;
  private ended = false;
  private notBefore = Number.NEGATIVE_INFINITY;
  private wakeUp: (() => void) | undefined;

  constructor(private readonly settings: ScheduleSettings) {}

  /**
   * Calls `take` whenever a checkpoint is due, until the signal is aborted or the schedule is ended. `idle` waits for those that are
   * asked for by hand: after them the pause holds as well.
   */
  async run(take: () => Promise<unknown>, idle: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
    const { clock, interval } = this.settings;
    let next = clock.now() + interval;
    for (;;) {
      await this.sleepUntil(Math.max(next, this.notBefore), signal);
      await idle();
      if (signal.aborted || this.ended) return;
      if (!this.requested && clock.now() < Math.max(next, this.notBefore)) continue;
      this.requested = false;
      next = clock.now() + interval;
      await take();
    }
  }

  /** One is needed as soon as possible: whoever asks cannot go on without, so that there is no pause to be kept. */
  request(): void {
    this.requested = true;
    this.wakeUp?.();
  }

  /** None is taken any more. */
  end(): void {
    this.ended = true;
    this.wakeUp?.();
  }

  /** A checkpoint has come to its end, whichever. */
  pause(): void {
    this.notBefore = this.settings.clock.now() + this.settings.minPause;
  }

  private async sleepUntil(time: number, signal: AbortSignal): Promise<void> {
    const { clock } = this.settings;
    const left = time - clock.now();
    if (left <= 0 || this.requested || this.ended || signal.aborted) return;
    const sleep = new AbortController();
    const abort = (): void => sleep.abort();
    signal.addEventListener('abort', abort, { once: true });
    this.wakeUp = abort;
    await clock.sleep(left, sleep.signal).catch(() => {});
    this.wakeUp = undefined;
    signal.removeEventListener('abort', abort);
  }
}
