import { aggregateByKey, keyBy, scanByKey, sumOf } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import { groupBy } from '../event.js';

/** One output for each element, of its split and key so far: the order within a split counts. */
export function rolling(random: SeededRandom): Branch {
  const built = random.chance(0.5);
  return {
    name: built ? 'rolling aggregate' : 'scan',
    ordered: true,
    build: (events$) => {
      const keyed$ = events$.pipe(keyBy(({ split, key }) => [split, key]));
      if (built) {
        // Each element counts a thousand, so that no two sums of a key are the same.
        return [
          keyed$.pipe(
            aggregateByKey(sumOf((event) => 1000 + event.value)),
            map((k) => `${k.key.join('/')}:${k.value}`),
          ),
        ];
      }
      return [
        keyed$.pipe(
          scanByKey(
            (sum: number, { value }) => sum + 1000 + value,
            () => 0,
          ),
          map((k) => `${k.key.join('/')}:${k.value}`),
        ),
      ];
    },
    expected: (splits) => [
      splits.flatMap((events, split) =>
        [...groupBy(events, ({ key }) => key)].flatMap(([key, group]) => {
          let sum = 0;
          return group.map((event) => {
            sum += 1000 + event.value;
            return `${events[0]?.split ?? split}/${key}:${sum}`;
          });
        }),
      ),
    ],
  };
}
