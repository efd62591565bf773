// Control streams, deduplication, rankings, and operators with state of their own.
import {
  boundedOutOfOrderness,
  callbackSink,
  createJob,
  dedupe,
  fromObservable,
  type Keyed,
  keyBy,
  many,
  mapState,
  operatorListState,
  processBroadcast,
  processStream,
  to,
  topN,
  tumbling,
  valueStateOf,
  values,
  windowBy,
  withBroadcast,
  withTimestamps,
} from '@sluice/core';
import { map, type Observable, type ObservedValueOf, of } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

interface Limit {
  readonly station: string;
  readonly metres: number;
}

const rides$: Observable<Ride> = of();
const limits$: Observable<Limit> = of();
const byBike$ = fromObservable(rides$).pipe(keyBy((ride) => ride.bike));

const tooFar$ = byBike$.pipe(
  processBroadcast(limits$, {
    broadcast: { limits: mapState<string, Limit>() },
    state: { rides: valueStateOf(() => 0) },
    onBroadcast(limit, { broadcast, timestamp }) {
      same<[typeof limit, typeof timestamp], [Limit, number]>();
      broadcast.limits.set(limit.station, limit);
    },
    onElement(ride, { key, state, broadcast, timers, timestamp }) {
      same<[typeof ride, typeof key], [Ride, number]>();
      same<typeof broadcast.limits, ReadonlyMap<string, Limit>>();
      state.rides.set(state.rides.get() + 1);
      timers.event(timestamp + 1000);
      return many([...broadcast.limits.values()].map((limit) => ({ bike: key, over: ride.metres - limit.metres })));
    },
    onTimer: (at, { state, broadcast }) => [at, state.rides.get(), broadcast.limits.size] as const,
  }),
);
same<ObservedValueOf<typeof tooFar$>, { bike: number; over: number } | readonly [number, number, number]>();

byBike$.pipe(
  processBroadcast(limits$, {
    broadcast: { limits: mapState<string, Limit>() },
    onBroadcast(limit, { broadcast }) {
      // @ts-expect-error the state holds limits
      broadcast.limits.set(limit.station, limit.metres);
    },
    onElement(ride, { broadcast }) {
      // @ts-expect-error elements only read broadcast state
      broadcast.limits.set(ride.station, { station: ride.station, metres: 0 });
      // @ts-expect-error elements only read broadcast state
      broadcast.limits.delete(ride.station);
    },
    onTimer(_at, { broadcast }) {
      // @ts-expect-error timers only read broadcast state
      broadcast.limits.clear();
    },
  }),
);
// @ts-expect-error a stream that has no keys
rides$.pipe(processBroadcast(limits$, { broadcast: {}, onBroadcast() {}, onElement: () => 1 }));

const withLimit$ = fromObservable(rides$).pipe(
  withBroadcast(limits$, (ride, limit) => ({ bike: ride.bike, over: ride.metres - limit.metres })),
);
same<ObservedValueOf<typeof withLimit$>, { bike: number; over: number }>();
const stillKeyed$ = byBike$.pipe(
  withBroadcast(limits$, (ride, limit) => ({ ...ride, value: limit.metres }), { initial: { station: '', metres: 0 } }),
);
same<ObservedValueOf<typeof stillKeyed$>['key'], number>();
// @ts-expect-error what elements begin with is a limit
fromObservable(rides$).pipe(withBroadcast(limits$, (ride) => ride, { initial: 0 }));

// Long pipes, nothing annotated.
const best$ = fromObservable(rides$).pipe(
  withTimestamps((ride) => ride.endedAt, boundedOutOfOrderness('5s')),
  dedupe((ride) => [ride.bike, ride.endedAt], { ttl: { after: '1h', time: 'event' }, keep: 'last' }),
  keyBy((ride) => ride.station),
  topN(3, (ride) => ride.metres, { ttl: '1d' }),
  map((top) => ({ ...top, value: top.value.map((ride) => ride.bike) })),
);
same<ObservedValueOf<typeof best$>, { value: number[]; key: string; '~sluice': 'keyed' }>();
const keyedDedupe$ = byBike$.pipe(dedupe(({ key, value }) => `${key}/${value.station}`, { ttl: '1h' }));
same<ObservedValueOf<typeof keyedDedupe$>, Keyed<number, Ride>>();
const ranking$ = byBike$.pipe(topN(3, (ride) => ride.metres));
same<ObservedValueOf<typeof ranking$>, Keyed<number, readonly Ride[]>>();

// @ts-expect-error a key is remembered for a time that has to be told
rides$.pipe(dedupe((ride) => ride.bike, {}));
// @ts-expect-error undefined is no key
rides$.pipe(dedupe((ride) => ride.rider, { ttl: '1h' }));
// @ts-expect-error neither first nor last
rides$.pipe(dedupe((ride) => ride.bike, { ttl: '1h', keep: 'all' }));
// @ts-expect-error a ranking goes by numbers
byBike$.pipe(topN(3, (ride) => ride.station));
// @ts-expect-error a ranking of each key needs keys
rides$.pipe(topN(3, (ride) => ride.metres));

const batches$ = fromObservable(rides$).pipe(
  processStream({
    uid: 'batches',
    state: { waiting: operatorListState<Ride>({ redistribute: 'union' }) },
    onElement(ride, { state, timestamp, watermark }) {
      same<[typeof ride, typeof timestamp, typeof watermark], [Ride, number, number]>();
      state.waiting.add(ride);
      const batch = state.waiting.get();
      if (batch.length < 10) return;
      state.waiting.clear();
      return { metres: batch.reduce((sum, { metres }) => sum + metres, 0) };
    },
  }),
);
same<ObservedValueOf<typeof batches$>, { metres: number }>();
rides$.pipe(
  processStream({
    onElement(_ride, context) {
      // @ts-expect-error a stream without keys has no key
      context.key;
      // @ts-expect-error nor timers
      context.timers;
    },
  }),
);

// @ts-expect-error windowBy before keyBy
fromObservable(rides$).pipe(windowBy(tumbling('1m')));
// @ts-expect-error the values of a keyed stream have no key any more
byBike$.pipe(values(), windowBy(tumbling('1m')));
createJob('ranked', best$.pipe(to(callbackSink((row) => same<typeof row.value, number[]>()))));
// @ts-expect-error a stream without a sink is no flow
createJob('ranked', best$);
// @ts-expect-error not even one among others
createJob('ranked', [best$.pipe(to(callbackSink(() => {}))), tooFar$]);
