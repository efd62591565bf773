import { map, mergeMap } from 'rxjs';
import type { Branch } from '../branch.js';

/** Stock operators, one of them with several outputs for an input. */
export function stateless(): Branch {
  return {
    name: 'stateless',
    build: (events$) => [
      events$.pipe(
        mergeMap(({ id }) => [`${id}a`, `${id}b`]),
        map((text) => `e${text}`),
      ),
    ],
    expected: (splits) => [splits.flat().flatMap(({ id }) => [`e${id}a`, `e${id}b`])],
  };
}
