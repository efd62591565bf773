import { aggregate, countOf, keyBy, many, mapState, processKeyed, tumbling, windowBy } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import { groupBy } from '../event.js';

/** Each element is emitted by a timer of the clock, whatever is restarted meanwhile. */
export function clockTimers(random: SeededRandom): Branch {
  const delay = random.int(0, 60);
  return {
    name: `clock timers after ${delay}`,
    build: (events$) => [
      events$.pipe(
        keyBy(({ key }) => key),
        processKeyed({
          state: { due: mapState<number, number>() },
          onElement({ id }, { state, timers, clock }) {
            const time = clock.now() + delay;
            state.due.set(id, time);
            timers.processing(time);
          },
          onTimer(time, { state }) {
            const ids = [...state.due].filter(([, due]) => due <= time).map(([id]) => id);
            for (const id of ids) state.due.delete(id);
            return many(ids.map((id) => `t${id}`));
          },
        }),
      ),
    ],
    expected: (splits) => [splits.flat().map(({ id }) => `t${id}`)],
  };
}

/** In which window of the clock an element is counted is chance; that it is counted once is not. */
export function clockWindows(random: SeededRandom): Branch {
  const size = random.int(10, 60);
  return {
    name: `clock windows of ${size}`,
    build: (events$) => [
      events$.pipe(
        keyBy(({ key }) => key),
        windowBy(tumbling(size, { time: 'processing' })),
        aggregate(countOf()),
        map(({ key, value }) => `${key}:${value}`),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ key }) => key)].map(([key, { length }]) => `${key}:${length}`),
    ],
    fold: (outputs) =>
      [
        ...groupBy(
          outputs.map((output) => output.split(':').map(Number) as [number, number]),
          ([key]) => key,
        ),
      ].map(([key, counts]) => `${key}:${counts.reduce((sum, [, count]) => sum + count, 0)}`),
  };
}
