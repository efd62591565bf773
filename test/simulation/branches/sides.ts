import { keyBy, listState, many, processKeyed, processWith, sideOutput } from '@sluice/core';
import type { Branch } from '../branch.js';
import { groupBy } from '../event.js';

/** Odd ids leave through a side output. */
export function sides(): Branch {
  return {
    name: 'side output',
    build(events$) {
      const odd$ = sideOutput<string>('odd');
      const even$ = events$.pipe(
        keyBy(({ key }) => key),
        processKeyed({
          onElement({ id }, context) {
            if (id % 2 === 0) return `even${id}`;
            context.emitTo(odd$, `odd${id}`);
            return undefined;
          },
        }),
      );
      return [even$, odd$];
    },
    expected: (splits) => {
      const ids = splits.flat().map(({ id }) => id);
      return [
        ids.filter((id) => id % 2 === 0).map((id) => `even${id}`),
        ids.filter((id) => id % 2 !== 0).map((id) => `odd${id}`),
      ];
    },
  };
}

/** Every element with every one of its key, each of them coming twice: the two inputs of a diamond. */
export function pairs(): Branch {
  return {
    name: 'pairs',
    build: (events$) => {
      const keyed$ = events$.pipe(keyBy(({ key }) => key));
      return [
        keyed$.pipe(
          processWith(keyed$, {
            state: { lefts: listState<number>(), rights: listState<number>() },
            onLeft({ id }, { state }) {
              state.lefts.add(id);
              return many(state.rights.get().map((right) => `${id}&${right}`));
            },
            onRight({ id }, { state }) {
              state.rights.add(id);
              return many(state.lefts.get().map((left) => `${left}&${id}`));
            },
          }),
        ),
      ];
    },
    expected: (splits) => [
      [...groupBy(splits.flat(), ({ key }) => key).values()].flatMap((events) =>
        events.flatMap((left) => events.map((right) => `${left.id}&${right.id}`)),
      ),
    ],
  };
}
