import { dedupe, keyBy, topN, union } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import { type Event, groupBy } from '../event.js';

/** The ranking of a split and key each time it changes. */
export function rankings(random: SeededRandom): Branch {
  const n = random.int(1, 4);
  return {
    name: `top ${n}`,
    ordered: true,
    build: (events$) => [
      events$.pipe(
        keyBy(({ split, key }) => [split, key]),
        topN(n, ({ value }) => value),
        map(({ value }) => value.map(({ id }) => id).join('>')),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ split, key }) => `${split}/${key}`).values()].flatMap((events) =>
        events.flatMap((event, index) => {
          const ranking = events
            .slice(0, index + 1)
            .sort((a, b) => b.value - a.value)
            .slice(0, n);
          return ranking.includes(event) ? [ranking.map(({ id }) => id).join('>')] : [];
        }),
      ),
    ],
  };
}

/** Of elements that all come twice, each once. */
export function firsts(): Branch {
  return {
    name: 'first of each',
    build: (events$) => [
      union(events$, events$).pipe(
        dedupe(({ id, split }) => [split, id], { ttl: '1h' }),
        map(({ id }) => `first ${id}`),
      ),
    ],
    expected: (splits) => [splits.flat().map(({ id }) => `first ${id}`)],
  };
}

/** The latest time of each key, at the end of the input. */
export function lasts(): Branch {
  const show = ({ key, at }: Event): string => `last ${key}@${at}`;
  return {
    name: 'last of each key',
    build: (events$) => [
      events$.pipe(
        dedupe(({ key }) => key, { ttl: { after: '1h', time: 'event' }, keep: 'last' }),
        map(show),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ key }) => key).values()].map((events) =>
        show(events.reduce((last, event) => (event.at > last.at ? event : last))),
      ),
    ],
  };
}
