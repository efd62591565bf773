import { keyBy, mapState, processKeyed } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import type { Branch } from '../branch.js';
import { groupBy } from '../event.js';

/** At each timer every element up to its time has come; those behind it, which may have come as well, are left out. */
export function eventTimers(random: SeededRandom): Branch {
  const delay = random.int(0, 150);
  return {
    name: `event timers after ${delay}`,
    build: (events$) => [
      events$.pipe(
        keyBy(({ key }) => key),
        processKeyed({
          state: { seen: mapState<number, number>() },
          onElement({ id, at }, { state, timers }) {
            state.seen.set(id, at);
            timers.event(at + delay);
          },
          onTimer(time, { state, key }) {
            let count = 0;
            for (const [, at] of state.seen) if (at <= time) count++;
            return `${key}@${time}:${count}`;
          },
        }),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ key }) => key)].flatMap(([key, events]) =>
        [...new Set(events.map(({ at }) => at + delay))].map(
          (time) => `${key}@${time}:${events.filter(({ at }) => at <= time).length}`,
        ),
      ),
    ],
  };
}
