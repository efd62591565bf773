// Patterns: the elements and the names of the steps are inferred, wherever they are used.
import { detect, fromObservable, keyBy, sideOutput, type TimedOutMatch } from '@sluice/core';
import { map, type Observable, type ObservedValueOf, of } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

const rides$: Observable<Ride> = of();
const byBike$ = fromObservable(rides$).pipe(keyBy((ride) => ride.bike));
const given$ = sideOutput<TimedOutMatch<number, 'short' | 'long', Ride>>('given-up');
const late$ = sideOutput<Ride>('late');
const lateStations$ = sideOutput<string>('late-stations');

const pairs$ = byBike$.pipe(
  detect(
    (p) =>
      p
        .begin('short', (ride) => ride.metres < 100)
        .times(2, 4)
        .consecutive()
        .notFollowedBy((ride) => ride.station === 'workshop')
        .followedBy('long', (ride) => ride.metres > 10_000)
        .optional()
        .within('1d'),
    (match, bike) => {
      same<typeof match, Readonly<Record<'short' | 'long', readonly Ride[]>>>();
      same<typeof bike, number>();
      return { bike, from: match.short[0]?.station, rides: match.short.length + match.long.length };
    },
    { afterMatch: { skipToFirst: 'long' }, timedOut: given$, late: late$, uid: 'pairs' },
  ),
  map((pair) => pair.rides.toFixed()),
);
same<ObservedValueOf<typeof pairs$>, string>();

export const gaveUp$ = given$.pipe(map(({ key, match }) => `${key.toFixed()} ${match.short[0]?.station.trim()}`));

byBike$.pipe(
  detect(
    (p) => p.begin('a', (ride) => ride.metres > 0).next('b', (ride) => ride.metres > 1),
    // @ts-expect-error there is no step 'c'
    (match) => match.c,
  ),
);
byBike$.pipe(
  detect(
    (p) => p.begin('a', (ride) => ride.metres > 0).next('b', (ride) => ride.metres > 1),
    () => 0,
    // @ts-expect-error there is no step 'c'
    { afterMatch: { skipToFirst: 'c' } },
  ),
);
byBike$.pipe(
  detect(
    (p) => p.begin('a', (ride) => ride.metres > 0),
    () => 0,
    // @ts-expect-error late elements are rides
    { late: lateStations$ },
  ),
);
byBike$.pipe(
  detect(
    // @ts-expect-error a pattern begins with `begin`
    (p) => p.next('a', (ride) => ride.metres > 0),
    () => 0,
  ),
);
byBike$.pipe(
  detect(
    // @ts-expect-error rides have no such field
    (p) => p.begin('a', (ride) => ride.kilometres > 0),
    () => 0,
  ),
);
rides$.pipe(
  // @ts-expect-error patterns are looked for among the elements of a key
  detect(
    (p) => p.begin('a', () => true),
    () => 0,
  ),
);
