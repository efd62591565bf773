import { detect, keyBy } from '@sluice/core';
import type { SeededRandom } from '@sluice/testing';
import type { Branch } from '../branch.js';
import { type Event, groupBy } from '../event.js';

const isLow = ({ value }: Event): boolean => value < 0;
const isHigh = ({ value }: Event): boolean => value > 1;

/** Each low value of a split and key with the next high one, in the order of event time. */
export function matches(random: SeededRandom): Branch {
  const within = random.int(1, 300);
  return {
    name: `high after low within ${within}`,
    ordered: true,
    build: (events$) => [
      events$.pipe(
        keyBy(({ split, key }) => [split, key]),
        detect(
          (pattern) => pattern.begin('low', isLow).followedBy('high', isHigh).within(within),
          ({ low, high }) => `${low[0]?.id}<${high[0]?.id}`,
        ),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ split, key }) => `${split}/${key}`).values()].flatMap((events) => {
        const inTime = events.toSorted((a, b) => a.at - b.at);
        return inTime.flatMap((low, index) => {
          const high = inTime.slice(index).find(isHigh);
          return isLow(low) && high !== undefined && high.at - low.at < within ? [`${low.id}<${high.id}`] : [];
        });
      }),
    ],
  };
}
