import { aggregate, allOf, countOf, keyBy, sliding, sumOf, tumbling, windowBy } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import { map } from 'rxjs';
import type { Branch } from '../branch.js';
import { type Event, groupBy, type Splits } from '../event.js';

const show = (key: number, start: number, events: readonly Event[]): string =>
  `${key}@${start}:${events.length},${events.reduce((sum, { value }) => sum + value, 0)}`;

/** Each element with the starts of the windows it is in. */
function windowsOf(splits: Splits, size: number, slide: number): { key: number; start: number; events: Event[] }[] {
  const placed = splits.flat().flatMap((event) => {
    const last = Math.floor(event.at / slide) * slide;
    const starts: number[] = [];
    for (let start = last; start > event.at - size; start -= slide) starts.push(start);
    return starts.map((start) => ({ event, start }));
  });
  return [...groupBy(placed, ({ event, start }) => `${event.key} ${start}`).values()].map((group) => ({
    key: (group[0] as (typeof group)[number]).event.key,
    start: (group[0] as (typeof group)[number]).start,
    events: group.map(({ event }) => event),
  }));
}

/** Windows of event time with an incremental aggregate. */
export function aggregatedWindows(random: SeededRandom): Branch {
  const slide = random.int(30, 200);
  const size = random.chance(0.5) ? slide : slide * random.int(2, 3);
  return {
    name: `windows of ${size} every ${slide}`,
    build: (events$) => [
      events$.pipe(
        keyBy(({ key }) => key),
        windowBy(size === slide ? tumbling(size) : sliding(size, slide)),
        aggregate(allOf({ count: countOf(), sum: sumOf((event: Event) => event.value) })),
        map(({ key, window, value }) => `${key}@${window.start}:${value.count},${value.sum}`),
      ),
    ],
    expected: (splits) => [windowsOf(splits, size, slide).map(({ key, start, events }) => show(key, start, events))],
  };
}

/** Windows of event time with all their elements. */
export function fullWindows(random: SeededRandom): Branch {
  const size = random.int(30, 300);
  const list = (events: readonly Event[]): string =>
    events
      .map(({ id }) => id)
      .sort((a, b) => a - b)
      .join();
  return {
    name: `full windows of ${size}`,
    build: (events$) => [
      events$.pipe(
        keyBy(({ key }) => key),
        windowBy(tumbling(size)),
        map(({ key, window, values }) => `${key}@${window.start}:${list(values)}`),
      ),
    ],
    expected: (splits) => [
      windowsOf(splits, size, size).map(({ key, start, events }) => `${key}@${start}:${list(events)}`),
    ],
  };
}
