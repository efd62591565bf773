import { defineSource, type Source } from '@sluice/connector-sdk';
import {
  type CheckpointStorage,
  createJob,
  fixedDelay,
  fromSource,
  type Job,
  keyBy,
  scanByKey,
  to,
} from '@sluice/core';
import { collectIdempotentSink, collectTransactionalSink } from '@sluice/testing';
import { map } from 'rxjs';

export const SINKS = ['transactional', 'idempotent'] as const;
export type SinkKind = (typeof SINKS)[number];

const COUNT = 60;
const PACE = 10;
const KEYS = 3;

/** Sums that go on over a checkpoint only when state and position are those of one moment. */
export const expected: readonly string[] = sums();

export interface SummingJob {
  readonly job: Job;
  /** What is visible. */
  values(): readonly string[];
}

/** Sums of numbers that come one after the other, 10 ms apart. */
export function summingJob(
  storage: CheckpointStorage,
  kind: SinkKind,
  checkpoints: { readonly timeout?: number; readonly tolerableFailures?: number; readonly retained?: number } = {},
): SummingJob {
  const transactional = collectTransactionalSink<string>();
  const idempotent = collectIdempotentSink<string>((value) => value);
  const sums$ = fromSource(pacedNumbers()).pipe(
    keyBy((n) => n % KEYS),
    scanByKey(
      (sum, n) => sum + n,
      () => 0,
    ),
    map(({ key, value }) => `${key}:${value}`),
    to<string>(kind === 'transactional' ? transactional : idempotent),
  );
  return {
    job: createJob('sums', sums$, {
      checkpoints: { interval: 50, storage, ...checkpoints },
      restart: fixedDelay({ attempts: 50, delay: 5 }),
    }),
    values: () => (kind === 'transactional' ? transactional.values : [...idempotent.byKey.values()]),
  };
}

function pacedNumbers(): Source<number> {
  return defineSource<number, null, number>({
    name: 'numbers',
    bounded: true,
    replayable: true,
    discover: async () => [{ id: 'all', split: null }],
    open: async ({ clock }) => ({
      async *read(_split, position = 0) {
        for (let n = position; n < COUNT; n++) {
          yield { values: [n], positionAfter: () => n + 1 };
          await clock.sleep(PACE);
        }
      },
      close: async () => {},
    }),
  });
}

function sums(): string[] {
  const totals = new Map<number, number>();
  return Array.from({ length: COUNT }, (_, n) => {
    const total = (totals.get(n % KEYS) ?? 0) + n;
    totals.set(n % KEYS, total);
    return `${n % KEYS}:${total}`;
  });
}
