import { aggregate, countOf, keyBy, session, windowBy } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import { groupBy } from '../event.js';

export function sessions(random: SeededRandom): Branch {
  const gap = 2 * random.int(5, 80) + 1;
  return {
    name: `sessions of ${gap}`,
    build: (events$) => [
      events$.pipe(
        keyBy(({ key }) => `k${key}`),
        windowBy(session(gap)),
        aggregate(countOf()),
        map(({ key, window, value }) => `${key}@${window.start}-${window.end}:${value}`),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ key }) => key)].flatMap(([key, events]) => {
        const found: { start: number; end: number; count: number }[] = [];
        for (const { at } of events.sort((a, b) => a.at - b.at)) {
          const last = found.at(-1);
          if (last === undefined || at > last.end) found.push({ start: at, end: at + gap, count: 1 });
          else {
            last.end = at + gap;
            last.count++;
          }
        }
        return found.map(({ start, end, count }) => `k${key}@${start}-${end}:${count}`);
      }),
    ],
  };
}
