import { setTimeout as sleep } from 'node:timers/promises';
import { defineSource, type Source } from '@sluice/connector-sdk';
import { type InputSpec, type Payment, paymentsOf } from './payments.js';

export interface Pace {
  /** Elements of one split that come at once. */
  readonly batch: number;
  /** ms between two batches of a split. */
  readonly every: number;
  /** A split is at most so many elements ahead of the latest completed checkpoint: however slow the machine is, a run has many of them. */
  readonly ahead: number;
}

/** A bounded, replayable source; the position is how many elements of the split were read. */
export function paymentSource(input: InputSpec, pace: Pace, onRead: (count: number) => void): Source<Payment> {
  return defineSource<Payment, number, number>({
    name: 'payments',
    bounded: true,
    replayable: true,
    discover: async () => Array.from({ length: input.splits }, (_, split) => ({ id: `split-${split}`, split })),
    open: async () => {
      let completed: ReadonlyMap<string, number> = new Map();
      return {
        async *read({ id, split }, start = 0, signal) {
          const payments = paymentsOf(input, split);
          for (let from = start; from < payments.length; from += pace.batch) {
            do await sleep(pace.every, undefined, { signal });
            while (from - Math.max(start, completed.get(id) ?? 0) >= pace.ahead);
            const values = payments.slice(from, from + pace.batch);
            onRead(values.length);
            yield { values, positionAfter: (index: number) => from + index + 1 };
          }
        },
        async checkpointComplete(_checkpoint, positions) {
          completed = positions;
        },
        async close() {},
      };
    },
  }) as Source<Payment>;
}
