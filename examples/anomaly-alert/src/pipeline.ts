import {
  boundedOutOfOrderness,
  createJob,
  fileCheckpoints,
  fromSource,
  type Job,
  keyBy,
  processKeyed,
  type Sink,
  type Source,
  to,
  valueState,
  valueStateOf,
  withTimestamps,
} from '@sluice/core';
import type { Observable } from 'rxjs';

export interface Reading {
  readonly sensor: string;
  readonly value: number;
  readonly at: number;
}

export type Alert =
  | {
      readonly type: 'unusual';
      readonly sensor: string;
      readonly at: number;
      readonly value: number;
      readonly usual: number;
    }
  | { readonly type: 'silent'; readonly sensor: string; readonly since: number };

/** How far from the mean is unusual, in standard deviations. */
const FAR = 6;
/** Readings of a sensor before anything is unusual. */
const LEARN = 20;
export const SILENCE = 60_000;

/** Of what a sensor is used to: Welford's running mean and sum of squared distances. */
interface Usual {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
}

/** What is unusual for its own sensor is told at once; a sensor that says nothing for a minute is told once. */
export function alerting(readings$: Observable<Reading>) {
  return readings$.pipe(
    withTimestamps((reading) => reading.at, boundedOutOfOrderness('1s')),
    keyBy((reading) => reading.sensor),
    processKeyed({
      state: { usual: valueStateOf<Usual>(() => ({ count: 0, mean: 0, squares: 0 })), last: valueState<number>() },
      onElement({ value }, { key, timestamp, state, timers }): Alert | undefined {
        const before = state.last.get() ?? timestamp;
        // Event time may be behind: what was silence stays silence, though the next reading is here already.
        if (timestamp <= before + SILENCE) timers.deleteEvent(before + SILENCE);
        const last = Math.max(before, timestamp);
        state.last.set(last);
        timers.event(last + SILENCE);

        const { count, mean, squares } = state.usual.get();
        const distance = value - mean;
        if (count >= LEARN && Math.abs(distance) > FAR * Math.sqrt(squares / (count - 1)))
          return { type: 'unusual', sensor: key, at: timestamp, value, usual: mean };
        const next = mean + distance / (count + 1);
        state.usual.set({ count: count + 1, mean: next, squares: squares + distance * (value - next) });
        return undefined;
      },
      onTimer: (at, { key }): Alert => ({ type: 'silent', sensor: key, since: at - SILENCE }),
    }),
  );
}

export function alertsOf(readings: Source<Reading>) {
  return alerting(fromSource(readings));
}

export interface AlertsOptions {
  readonly name: string;
  readonly source: Source<Reading>;
  readonly alerts: Sink<Alert>;
  readonly checkpoints: string;
}

export function alertsJob({ name, source, alerts, checkpoints }: AlertsOptions): Job {
  return createJob(name, alertsOf(source).pipe(to(alerts)), {
    checkpoints: { interval: '1s', storage: fileCheckpoints(checkpoints) },
  });
}
