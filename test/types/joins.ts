// Joins of every kind: what each side of a result may be, keys that have to fit, late elements.
import {
  asOfJoin,
  boundedOutOfOrderness,
  coGroup,
  fromObservable,
  intervalJoin,
  keyBy,
  lookupJoin,
  processWith,
  session,
  sideOutput,
  type TimeWindow,
  tumbling,
  valueState,
  values,
  windowJoin,
  withTimestamps,
} from '@sluice/core';
import { type Observable, type ObservedValueOf, of } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

interface Repair {
  readonly bike: number;
  readonly at: number;
  readonly cost: bigint;
}

const rides$: Observable<Ride> = of();
const repairs$: Observable<Repair> = of();
const ridesByBike$ = fromObservable(rides$).pipe(
  withTimestamps((ride) => ride.endedAt, boundedOutOfOrderness('5s')),
  keyBy((ride) => ride.bike),
);
const repairsByBike$ = fromObservable(repairs$).pipe(
  withTimestamps((repair) => repair.at, boundedOutOfOrderness('1m')),
  keyBy((repair) => repair.bike),
);
const ridesByStation$ = fromObservable(rides$).pipe(keyBy((ride) => ride.station));
const lateRides$ = sideOutput<Ride>('late-rides');
const lateRepairs$ = sideOutput<Repair>('late-repairs');

const close$ = ridesByBike$.pipe(
  intervalJoin(
    repairsByBike$,
    { within: ['-1d', '1h'], late: { left: lateRides$, right: lateRepairs$ }, uid: 'close' },
    (ride, repair, { key, window, timestamp }) => {
      same<[typeof key, typeof window, typeof timestamp], [number, undefined, number]>();
      return { station: ride.station, cost: repair.cost };
    },
  ),
);
same<ObservedValueOf<typeof close$>, { station: string; cost: bigint }>();

const left$ = ridesByBike$.pipe(
  intervalJoin(repairsByBike$, { within: [0, '1h'], kind: 'left' }, (ride, repair) => [ride, repair] as const),
);
same<ObservedValueOf<typeof left$>, readonly [Ride, Repair | undefined]>();
const right$ = ridesByBike$.pipe(
  intervalJoin(repairsByBike$, { within: [0, '1h'], kind: 'right' }, (ride, repair) => [ride, repair] as const),
);
same<ObservedValueOf<typeof right$>, readonly [Ride | undefined, Repair]>();
const full$ = ridesByBike$.pipe(
  intervalJoin(repairsByBike$, { within: [0, '1h'], kind: 'full' }, (ride, repair) => [ride, repair] as const),
);
same<ObservedValueOf<typeof full$>, readonly [Ride | undefined, Repair | undefined]>();

const inWindow$ = ridesByBike$.pipe(
  windowJoin(repairsByBike$, { window: tumbling('1d'), kind: 'right' }, (ride, repair, { key, window }) => {
    same<[typeof ride, typeof repair, typeof window], [Ride | undefined, Repair, TimeWindow]>();
    return `${key.toFixed()} ${window.start.toFixed()} ${ride?.station}`;
  }),
);
same<ObservedValueOf<typeof inWindow$>, string>();

const grouped$ = ridesByBike$.pipe(
  coGroup(repairsByBike$, { window: session('1h') }, (rides, repairs, { key, window }) => {
    same<[typeof rides, typeof repairs], [readonly Ride[], readonly Repair[]]>();
    return rides.length > repairs.length ? [{ key, end: window.end }] : [];
  }),
);
same<ObservedValueOf<typeof grouped$>, { key: number; end: number }>();

const sinceRepair$ = ridesByBike$.pipe(
  asOfJoin(
    repairsByBike$,
    { ttl: { after: '30d', time: 'event' }, tolerance: '7d', late: { left: lateRides$ } },
    (ride, repair, { timestamp }) => ({ metres: ride.metres, since: repair && timestamp - repair.at }),
  ),
);
same<ObservedValueOf<typeof sinceRepair$>, { metres: number; since: number | undefined }>();

const looked$ = ridesByBike$.pipe(
  lookupJoin(
    async (bike, { signal }) => ({ model: bike.toFixed(), known: !signal.aborted }),
    { concurrency: 8, cache: { ttl: '1m', maxEntries: 100 } },
    (ride, { model }, { key }) => ({ station: ride.station, model, key }),
  ),
);
same<ObservedValueOf<typeof looked$>, { station: string; model: string; key: number }>();

const both$ = ridesByBike$.pipe(
  processWith(repairsByBike$, {
    state: { repair: valueState<Repair>() },
    onLeft(ride, { state, key }) {
      same<[typeof ride, typeof key], [Ride, number]>();
      return state.repair.get()?.cost;
    },
    onRight(repair, { state, timers, timestamp }) {
      state.repair.set(repair);
      timers.event(timestamp + 1000);
    },
    onTimer: (_at, { domain }) => ({ domain }),
  }),
);
same<ObservedValueOf<typeof both$>, bigint | { domain: 'event' | 'processing' }>();

// A join is an operator like any other: what follows it in a long pipe knows its type, with no annotation.
export const costs$ = ridesByBike$.pipe(
  intervalJoin(repairsByBike$, { within: [0, '1h'], kind: 'left' }, (ride, repair) => ({
    ...ride,
    cost: repair?.cost,
  })),
  keyBy((ride) => [ride.station, ride.bike]),
  asOfJoin(
    ridesByBike$.pipe(
      values(),
      keyBy((ride) => [ride.station, ride.bike]),
    ),
    { ttl: '1h' },
    (one, other) => ({
      cost: one.cost,
      metres: other?.metres,
    }),
  ),
);
same<ObservedValueOf<typeof costs$>, { cost: bigint | undefined; metres: number | undefined }>();

ridesByBike$.pipe(
  // @ts-expect-error a left join: there may be no repair
  intervalJoin(repairsByBike$, { within: [0, '1h'], kind: 'left' }, (_ride, repair) => repair.cost),
);
ridesByBike$.pipe(
  // @ts-expect-error a full join: there may be no ride
  windowJoin(repairsByBike$, { window: tumbling('1d'), kind: 'full' }, (ride) => ride.station),
);
// @ts-expect-error keys of different types
ridesByStation$.pipe(intervalJoin(repairsByBike$, { within: [0, '1h'] }, (ride) => ride));
// @ts-expect-error keys of different types
ridesByStation$.pipe(coGroup(repairsByBike$, { window: tumbling('1d') }, (rides) => rides));
// @ts-expect-error the right side is not keyed
ridesByBike$.pipe(asOfJoin(repairs$, { ttl: '1h' }, (ride) => ride));
// @ts-expect-error the left side is not keyed
rides$.pipe(windowJoin(repairsByBike$, { window: tumbling('1d') }, () => 0));
// @ts-expect-error the join of the newest needs to be told how long it is kept
ridesByBike$.pipe(asOfJoin(repairsByBike$, {}, (ride) => ride));
// @ts-expect-error late repairs are no rides
ridesByBike$.pipe(intervalJoin(repairsByBike$, { within: [0, 1], late: { left: lateRepairs$ } }, (ride) => ride));
// @ts-expect-error there is no such kind
ridesByBike$.pipe(intervalJoin(repairsByBike$, { within: [0, 1], kind: 'outer' }, (ride) => ride));
// @ts-expect-error a group gives several results, or none
ridesByBike$.pipe(coGroup(repairsByBike$, { window: tumbling('1d') }, () => 7));
