import type { Clock } from '@sluice/connector-sdk';
import type { SplitReader } from '../task/split-reader.js';
import type { JobEvent } from './job-event.js';

/** Milliseconds between two progress events. */
const INTERVAL = 1000;

/** What the progress of a run is made of, as it is now. */
export interface ProgressReadings {
  elements(): number;
  /** The least watermark that has arrived at an end of the graph. */
  watermark(): number;
  readers(): readonly SplitReader[];
}

/** Tells progress once a second, until the signal is aborted. */
export async function reportProgress(
  readings: ProgressReadings,
  clock: Clock,
  signal: AbortSignal,
  tell: (event: JobEvent) => void,
): Promise<void> {
  let before = 0;
  let at = clock.now();
  for (;;) {
    await clock.sleep(INTERVAL, signal).catch(() => {});
    if (signal.aborted) return;
    const elements = readings.elements();
    const now = clock.now();
    const elementsPerSecond = Math.round(((elements - before) * 1000) / Math.max(1, now - at));
    const fraction = fractionOf(readings.readers());
    tell({ type: 'progress', elements, elementsPerSecond, watermark: readings.watermark(), fraction });
    before = elements;
    at = now;
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
