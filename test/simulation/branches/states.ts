import {
  aggregatingState,
  averageOf,
  keyBy,
  listState,
  processKeyed,
  reducingState,
  valueState,
  valueStateOf,
} from '@sluice/core';
import type { Branch } from '../branch.js';
import { groupBy } from '../event.js';

/** All kinds of state, each told after each element of its split and key. */
export function states(): Branch {
  return {
    name: 'states',
    ordered: true,
    build: (events$) => [
      events$.pipe(
        keyBy(({ split, key }) => ({ split, key })),
        processKeyed({
          state: {
            count: valueStateOf(() => 0),
            first: valueState<number>(),
            even: listState<number>(),
            most: reducingState<number>(Math.max),
            mean: aggregatingState(averageOf((value: number) => value)),
          },
          onElement({ id, value }, { key, state: { count, first, even, most, mean } }) {
            count.set(count.get() + 1);
            if (first.get() === undefined) first.set(id);
            if (value % 2 === 0) even.add(value);
            if (count.get() % 4 === 0) even.clear();
            most.add(value);
            mean.add(value);
            const shown = [count.get(), first.get(), even.get().join('.'), most.get(), mean.get()];
            return `${key.split}/${key.key}:${shown.join()}`;
          },
        }),
      ),
    ],
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ split, key }) => `${split}/${key}`)].flatMap(([name, events]) => {
        let even: number[] = [];
        return events.map(({ value }, index) => {
          if (value % 2 === 0) even = [...even, value];
          if ((index + 1) % 4 === 0) even = [];
          const values = events.slice(0, index + 1).map((event) => event.value);
          const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
          return `${name}:${[index + 1, events[0]?.id, even.join('.'), Math.max(...values), mean].join()}`;
        });
      }),
    ],
  };
}
