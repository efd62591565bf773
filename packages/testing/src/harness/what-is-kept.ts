import type { HarnessState, HarnessTimer } from './harness-contract.js';
import type { BenchStore } from './open-bench.js';

/** Tables that begin so are the engine's own. */
const OWN = '~';
const TIMERS = '~timers';
/** How the shape of a list begins that belongs to no key. */
const OPERATOR_LIST = 'operator list';

interface TimerTimes {
  readonly event: readonly number[];
  readonly processing: readonly number[];
}

/** What operators keep for each key, or without one. Keys that have timers alone are not among them. */
export function statesOf(stores: readonly BenchStore[]): HarnessState[] {
  return stores.flatMap((store) => {
    const lists = [...store.shapes].flatMap(([name, shape]) => (shape.startsWith(OPERATOR_LIST) ? [name] : []));
    const keyed = [...store.contents()].flatMap(([key, entries]) => {
      const state = Object.fromEntries([...entries].filter(([name]) => !name.startsWith(OWN) && !lists.includes(name)));
      return Object.keys(state).length === 0 ? [] : [{ uid: store.uid, key, state }];
    });
    if (lists.length === 0) return keyed;
    const state = Object.fromEntries(lists.map((name) => [name, itemsOf(store, name)]));
    return [{ uid: store.uid, key: undefined, state }, ...keyed];
  });
}

/** The items of a list of an operator: each stands under its subtask and its place. */
function itemsOf(store: BenchStore, name: string): unknown[] {
  const items: { readonly subtask: number; readonly place: number; readonly item: unknown }[] = [];
  for (const [key, entries] of store.contents()) {
    const [subtask = 0, place = 0] = Array.isArray(key) ? (key as number[]) : [];
    if (entries.has(name)) items.push({ subtask, place, item: entries.get(name) });
  }
  return items.sort((a, b) => a.subtask - b.subtask || a.place - b.place).map(({ item }) => item);
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
