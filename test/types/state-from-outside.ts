// State of a job looked at, read from a savepoint, changed and written; operators driven by hand.
import {
  aggregatingState,
  callbackSink,
  copyState,
  createJob,
  dropState,
  fromObservable,
  keyBy,
  listState,
  mapState,
  operatorListState,
  processKeyed,
  readSavepoint,
  replaceState,
  sideOutput,
  sumOf,
  to,
  updateState,
  valueState,
  valueStateOf,
  writeSavepoint,
} from '@sluice/core';
import { assertRestorable, harness } from '@sluice/testing';
import { map, type Observable, of } from 'rxjs';
import type { Ride } from './ride.js';
import { same } from './same.js';

const rides$: Observable<Ride> = of();
const state = {
  rides: valueStateOf(() => 0),
  last: valueState<Ride>(),
  stations: listState<string>(),
  visits: mapState<string, number>(),
  metres: aggregatingState(sumOf((ride: Ride) => ride.metres)),
};
const lost$ = sideOutput<Ride>('lost');
const count = processKeyed({
  uid: 'count',
  state,
  onElement(ride: Ride, { state, emitTo }) {
    state.rides.set(state.rides.get() + 1);
    emitTo(lost$, ride);
    return { station: ride.station, rides: state.rides.get() };
  },
});

const job = createJob(
  'rides',
  fromObservable(rides$).pipe(
    keyBy((ride) => ride.bike),
    count,
    to(callbackSink(() => {})),
  ),
);
const now = await job.query('count', state, 7, { consistency: 'checkpoint' });
same<typeof now.rides, number>();
same<typeof now.last, Ride | undefined>();
same<typeof now.stations, readonly string[]>();
same<typeof now.visits, ReadonlyMap<string, number>>();
same<typeof now.metres, number | undefined>();
const byName = await job.query('count', 'rides', 7);
same<typeof byName, unknown>();
// @ts-expect-error there is no such consistency
await job.query('count', state, 7, { consistency: 'stale' });
// @ts-expect-error undefined is no key
await job.query('count', state, undefined);

const contents = await readSavepoint('./savepoints/one');
for (const entry of contents.keyed('count', state)) {
  same<typeof entry.state.visits, ReadonlyMap<string, number>>();
  same<typeof entry.timers.event, readonly number[]>();
}
const { waiting } = contents.operatorState('batches', { waiting: operatorListState<Ride>() });
same<typeof waiting, readonly Ride[]>();

export const savepoint = await writeSavepoint('./savepoints/two', {
  from: contents,
  operators: {
    count: updateState(state, ({ state, timers }) => {
      state.rides.set(state.rides.get() + 1);
      timers.event(1000);
    }),
    renamed: copyState(contents, 'count'),
    old: dropState(),
    fresh: replaceState(state, [{ key: 7, state: { rides: 3, stations: ['north'], visits: new Map([['north', 3]]) } }]),
  },
});
createJob('rides', [], { startFrom: savepoint });
// @ts-expect-error rides are counted in numbers
replaceState(state, [{ key: 7, state: { rides: 'three' } }]);
// @ts-expect-error there is no such state
replaceState(state, [{ key: 7, state: { kilometres: 3 } }]);
updateState(state, ({ state }) => {
  // @ts-expect-error the state holds a number
  state.rides.set('x');
});
// @ts-expect-error what becomes of an operator is said by a function for it
await writeSavepoint('./savepoints/two', { operators: { count: { rides: 3 } } });

const h = harness(count, { keyBy: (ride: Ride) => ride.bike });
h.element({ bike: 1, station: 'north', endedAt: 5, metres: 10 }, 5);
same<ReturnType<typeof h.takeValues>, readonly { station: string; rides: number }[]>();
same<ReturnType<typeof h.sideOutput<Ride>>[number]['value'], Ride>();
const again = h.restore(h.snapshot());
same<typeof again, typeof h>();
// @ts-expect-error it takes rides
h.element({ bike: 1 });
// @ts-expect-error no such domain
h.timers('wall');

await assertRestorable((numbers$) => numbers$.pipe(map((n) => n.toFixed())), [1, 2, 3]);
// @ts-expect-error the pipe is given what the input has
await assertRestorable((numbers$) => numbers$.pipe(map((n) => n.trim())), [1, 2, 3]);
