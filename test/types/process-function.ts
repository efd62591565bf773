// State of every kind, timers and a side output in a process function.
import {
  aggregatingState,
  fromObservable,
  keyBy,
  listState,
  many,
  mapState,
  processKeyed,
  reducingState,
  sideOutput,
  sumOf,
  valueState,
  valueStateOf,
} from '@sluice/core';
import { type Observable, type ObservedValueOf, of } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

const rides$: Observable<Ride> = of();
const byBike$ = fromObservable(rides$).pipe(keyBy((ride) => ride.bike));
const lost$ = sideOutput<{ bike: number; since: number }>('lost');

export const service$ = byBike$.pipe(
  processKeyed({
    uid: 'service',
    state: {
      metres: aggregatingState(sumOf((ride: Ride) => ride.metres)),
      longest: reducingState<Ride>((a, b) => (a.metres > b.metres ? a : b)),
      rides: valueStateOf(() => 0, { ttl: '30d' }),
      last: valueState<Ride>(),
      visits: mapState<string, number>({ ttl: { after: '1d', time: 'event' } }),
      stations: listState<string>(),
    },
    onElement(ride, { key, state, timers, timestamp, watermark }) {
      same<typeof key, number>();
      same<typeof ride, Ride>();
      const rides: number = state.rides.get() + 1;
      const before: Ride | undefined = state.last.get();
      const visits: number | undefined = state.visits.get(ride.station);
      state.rides.set(rides);
      state.last.set(ride);
      state.visits.set(ride.station, (visits ?? 0) + 1);
      state.stations.add(ride.station);
      state.metres.add(ride);
      state.longest.add(ride);
      timers.event(timestamp + 86_400_000);
      timers.processing(Math.max(timestamp, watermark));
      if (before === undefined) return;
      if (rides % 100 === 0) return { station: ride.station, metres: state.metres.get() ?? 0 };
      return many([...state.visits].map(([station, count]) => ({ station, metres: count * ride.metres })));
    },
    onTimer(at, { key, domain, emitTo }) {
      if (domain === 'event') emitTo(lost$, { bike: key, since: at });
      return domain;
    },
  }),
);
same<ObservedValueOf<typeof service$>, { station: string; metres: number } | 'event' | 'processing'>();

export const compositeKey$ = fromObservable(rides$).pipe(
  keyBy((ride) => [ride.station, ride.bike]),
  processKeyed({ onElement: (_ride, { key: [station, bike] }) => `${station.trim()} ${bike.toFixed()}` }),
);
same<ObservedValueOf<typeof compositeKey$>, string>();

byBike$.pipe(
  processKeyed({
    state: { rides: valueStateOf(() => 0) },
    onElement(ride, { state, emitTo }) {
      // @ts-expect-error the state holds a number
      state.rides.set(ride.station);
      // @ts-expect-error there is no such state
      state.metres;
      // @ts-expect-error the side output takes something else
      emitTo(lost$, ride);
    },
  }),
);
