import type { Clock } from '@sluice/connector-sdk';
import type { SplitReader } from '../task/split-reader.js';
import type { WatermarkDelays } from '../time/watermark-delay.js';
import type { JobEvent } from './job-event.js';

/** Milliseconds between two progress events. */
const INTERVAL = 1000;
/** Looks at delays per time after which one is told. */
const DELAY_CHECKS = 4;

/** What the progress of a run is made of, as it is now. */
export interface ProgressReadings {
  elements(): number;
  /** The least watermark that has arrived at an end of the graph. */
  watermark(): number;
  readers(): readonly SplitReader[];
}

/** How far a run is, and how fast. */
export class RunProgress {
  private elements = 0;
  private at: number;
  /** Where the run began, as soon as that is known. */
  private begun: { readonly at: number; readonly fraction: number } | undefined;

  constructor(
    private readonly readings: ProgressReadings,
    private readonly clock: Clock,
    private readonly tell: (event: JobEvent) => void,
  ) {
    this.at = clock.now();
  }

  /** Tells where the run is. */
  report(): void {
    const now = this.clock.now();
    const elements = this.readings.elements();
    const elementsPerSecond = Math.round(((elements - this.elements) * 1000) / Math.max(1, now - this.at));
    this.elements = elements;
    this.at = now;
    const fraction = fractionOf(this.readings.readers());
    const timeLeftMs = this.timeLeft(now, fraction);
    this.tell({
      type: 'progress',
      elements,
      elementsPerSecond,
      watermark: this.readings.watermark(),
      fraction,
      timeLeftMs,
    });
  }

  /** Tells it once a second, until the signal is aborted. */
  async reportPeriodically(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.clock.sleep(INTERVAL, signal).catch(() => {});
      if (signal.aborted) return;
      this.report();
    }
  }

  private timeLeft(now: number, fraction: number | undefined): number | undefined {
    if (fraction === undefined) return undefined;
    if (fraction === 1) return 0;
    this.begun ??= { at: now, fraction };
    const done = fraction - this.begun.fraction;
    return done > 0 ? Math.round(((1 - fraction) * (now - this.begun.at)) / done) : undefined;
  }
}

/** Tells of inputs that hold others back, until the signal is aborted. */
export async function reportDelays(
  delays: WatermarkDelays,
  after: number,
  clock: Clock,
  signal: AbortSignal,
  tell: (event: JobEvent) => void,
): Promise<void> {
  const interval = Math.min(INTERVAL, Math.ceil(after / DELAY_CHECKS));
  for (;;) {
    await clock.sleep(interval, signal).catch(() => {});
    if (signal.aborted) return;
    for (const delay of delays.check(clock.now())) tell({ type: 'watermarkDelayed', ...delay });
  }
}

/** The mean over all splits; undefined when one of them does not know. */
function fractionOf(readers: readonly SplitReader[]): number | undefined {
  let sum = 0;
  for (const reader of readers) {
    const fraction = reader.finished ? 1 : reader.fraction;
    if (fraction === undefined) return undefined;
    sum += fraction;
  }
  return readers.length === 0 ? undefined : sum / readers.length;
}
