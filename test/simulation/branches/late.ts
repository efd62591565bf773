import { aggregate, countOf, keyBy, sideOutput, tumbling, windowBy } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import type { Event } from '../event.js';

/** For one split with a watermark after each element: then it is certain what is late, and when windows fire again. */
export function lateElements(random: SeededRandom, bound: number): Branch {
  const size = random.int(20, 150);
  const lateness = random.pick([0, 20, 100]);
  return {
    name: `windows of ${size}, ${lateness} late`,
    ordered: true,
    build(events$) {
      const late$ = sideOutput<Event>('late');
      const counts$ = events$.pipe(
        keyBy(({ key }) => key),
        windowBy(tumbling(size), { allowedLateness: lateness, late: late$ }),
        aggregate(countOf()),
        map(({ key, window, value }) => `${key}@${window.start}:${value}`),
      );
      return [counts$, late$.pipe(map(({ id }) => `late${id}`))];
    },
    expected: (splits) => scan(splits.flat(), size, lateness, bound),
  };
}

/** In the order of the split, by the book. */
function scan(events: readonly Event[], size: number, lateness: number, bound: number): [string[], string[]] {
  const fired: string[] = [];
  const late: string[] = [];
  const windows = new Map<string, { readonly end: number; count: number; waiting: boolean }>();
  let watermark = Number.NEGATIVE_INFINITY;
  const advance = (to: number): void => {
    if (to <= watermark) return;
    watermark = to;
    for (const [name, window] of windows) {
      if (!window.waiting || window.end - 1 > watermark) continue;
      window.waiting = false;
      fired.push(`${name}:${window.count}`);
    }
  };
  for (const { id, key, at } of events) {
    const start = Math.floor(at / size) * size;
    const end = start + size;
    if (end - 1 + lateness <= watermark) late.push(`late${id}`);
    else {
      const name = `${key}@${start}`;
      const window = windows.get(name) ?? { end, count: 0, waiting: end - 1 > watermark };
      windows.set(name, window);
      window.count++;
      if (!window.waiting) fired.push(`${name}:${window.count}`);
    }
    advance(Math.max(watermark, at - bound - 1));
  }
  advance(Number.POSITIVE_INFINITY);
  return [fired, late];
}
