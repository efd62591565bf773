// Somebody's RxJS app: windows over a Subject, in place, with stock operators between ours.
import {
  aggregate,
  allOf,
  averageOf,
  boundedOutOfOrderness,
  countOf,
  keyBy,
  maxBy,
  maxOf,
  minOf,
  sliding,
  sumOf,
  type TimeWindow,
  tumbling,
  type Windowed,
  type WindowResult,
  windowBy,
  withTimestamps,
} from '@sluice/core';
import { filter, map, type ObservedValueOf, Subject } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

const rides$ = new Subject<Ride>();
const inEventTime$ = rides$.pipe(withTimestamps((ride) => ride.endedAt, boundedOutOfOrderness('10m')));

export const busiest$ = rides$.pipe(
  keyBy((ride) => ride.station),
  windowBy(sliding('1h', '5m', { time: 'processing' })),
  aggregate(countOf()),
  filter((result) => result.value > 100),
  map(({ key, window, value }) => `${key.toUpperCase()} ${new Date(window.end).toISOString()} ${value.toFixed()}`),
);
same<ObservedValueOf<typeof busiest$>, string>();

const hours$ = inEventTime$.pipe(
  keyBy((ride) => ride.station),
  windowBy(tumbling('1h', { offset: '15m' })),
);
same<ObservedValueOf<typeof hours$>, Windowed<string, Ride, TimeWindow>>();

export const distance$ = hours$.pipe(aggregate(sumOf((ride) => ride.metres)));
same<ObservedValueOf<typeof distance$>, WindowResult<string, number, TimeWindow>>();

export const overview$ = hours$.pipe(
  aggregate(
    allOf({
      rides: countOf(),
      long: countOf((ride) => ride.metres > 10_000),
      mean: averageOf((ride) => ride.metres),
      firstStation: minOf((ride) => ride.station),
      latest: maxOf((ride) => ride.endedAt),
      farthest: maxBy((ride) => ride.metres),
    }),
  ),
);
interface Overview {
  readonly rides: number;
  readonly long: number;
  readonly mean: number;
  readonly firstStation: string;
  readonly latest: number;
  readonly farthest: Ride;
}
export const flat$ = overview$.pipe(map((result): Overview => ({ ...result.value })));
same<ObservedValueOf<typeof overview$>['value'], { readonly [P in keyof Overview]: Overview[P] }>();

export const bikesOfAnHour$ = hours$.pipe(
  map(({ key, values }) => ({ station: key, bikes: values.map((ride) => ride.bike) })),
);
same<ObservedValueOf<typeof bikesOfAnHour$>, { station: string; bikes: number[] }>();

// @ts-expect-error a stream that is not keyed has no windows of its own
inEventTime$.pipe(windowBy(tumbling('1h')));
const lookalike$ = inEventTime$.pipe(map((ride) => ({ key: ride.station, value: ride })));
// @ts-expect-error an object that looks like a keyed element was not made by keyBy
lookalike$.pipe(windowBy(tumbling('1h')));
// @ts-expect-error not every ride has a rider
inEventTime$.pipe(keyBy((ride) => ride.rider));
// @ts-expect-error a duration has a unit of ms, s, m, h or d
sliding('1 hour', '5m');
// @ts-expect-error a ride has no such field
hours$.pipe(aggregate(sumOf((ride) => ride.kilometres)));
