import { aggregate, countOf, keyBy, sumOf, tumbling, tumblingCount, windowAll, windowBy } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import { type Event, groupBy } from '../event.js';

/** So many elements of a split and key to a window; those left over are not emitted. */
export function countWindows(random: SeededRandom): Branch {
  const size = random.int(1, 4);
  return {
    name: `windows of ${size} elements`,
    ordered: true,
    build: (events$) => [
      events$.pipe(
        keyBy(({ split, key }) => [split, key]),
        windowBy(tumblingCount(size)),
        aggregate(sumOf((event: Event) => event.value)),
        map(({ key, window, value }) => `${key.join('/')}#${window.index}:${value}`),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ split, key }) => `${split}/${key}`)].flatMap(([name, events]) =>
        Array.from({ length: Math.floor(events.length / size) }, (_, index) => {
          const sum = events.slice(index * size, (index + 1) * size).reduce((total, { value }) => total + value, 0);
          return `${name}#${index}:${sum}`;
        }),
      ),
    ],
  };
}

/** Windows without a key. */
export function windowsOfAll(random: SeededRandom): Branch {
  const size = random.int(30, 200);
  return {
    name: `windows of all of ${size}`,
    build: (events$) => [
      events$.pipe(
        windowAll(tumbling(size)),
        aggregate(countOf()),
        map(({ window, value }) => `${window.start}:${value}`),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ at }) => Math.floor(at / size) * size)].map(
        ([start, { length }]) => `${start}:${length}`,
      ),
    ],
  };
}
