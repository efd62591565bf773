import { setTimeout as sleep } from 'node:timers/promises';
import { defineSource, type Source } from '@sluice/connector-sdk';

/**
 * 0, 1, 2, … in order, at most `ahead` beyond the newest completed checkpoint: however fast the machine is, a run has many checkpoints.
 */
export function pacedSource(count: number, ahead: number): Source<number> {
  return defineSource<number, null, number>({
    name: 'paced',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: null }],
    open: async () => {
      let completed = 0;
      return {
        async *read(_split, position = 0, signal) {
          for (let from = position; from < count; from += ahead / 4) {
            while (from - Math.max(position, completed) >= ahead) await sleep(2, undefined, { signal });
            const values = Array.from({ length: Math.min(ahead / 4, count - from) }, (_, i) => from + i);
            yield { values, positionAfter: (index) => from + index + 1 };
          }
        },
        async checkpointComplete(_checkpoint, positions) {
          completed = positions.get('all') ?? completed;
        },
        close: async () => {},
      };
    },
  }) as Source<number>;
}
