import type { HarnessState, HarnessTimer } from './harness-contract.js';
import type { BenchStore } from './open-bench.js';

/** Tables that begin so are the engine's own. */
const OWN = '~';
const TIMERS = '~timers';

interface TimerTimes {
  readonly event: readonly number[];
  readonly processing: readonly number[];
}

/** What operators keep for each key. Keys that have timers alone are not among them. */
export function statesOf(stores: readonly BenchStore[]): HarnessState[] {
  return stores.flatMap((store) =>
    [...store.contents()].flatMap(([key, entries]) => {
      const state = Object.fromEntries([...entries].filter(([name]) => !name.startsWith(OWN)));
      return Object.keys(state).length === 0 ? [] : [{ uid: store.uid, key, state }];
    }),
  );
}

/** Timers of handlers and of triggers. */
export function timersOf(stores: readonly BenchStore[]): HarnessTimer[] {
  return stores
    .flatMap((store) =>
      [...store.contents()].flatMap(([key, entries]) =>
        [...entries]
          .flatMap(([name, entry]) => timesIn(name, entry))
          .flatMap((times) => timersIn(store.uid, key, times)),
      ),
    )
    .sort((one, other) => one.time - other.time);
}

function timesIn(name: string, entry: unknown): TimerTimes[] {
  if (name === TIMERS) return [entry as TimerTimes];
  if (name !== 'windows' || !Array.isArray(entry)) return [];
  return entry.flatMap((window: { readonly timers?: TimerTimes }) => window.timers ?? []);
}

function timersIn(uid: string, key: unknown, { event, processing }: TimerTimes): HarnessTimer[] {
  return [
    ...event.map((time) => ({ uid, key, domain: 'event' as const, time })),
    ...processing.map((time) => ({ uid, key, domain: 'processing' as const, time })),
  ];
}
