import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindState } from './bind-state.js';
import { listState, mapState, reducingState, type Ttl, valueState } from './index.js';
import { KeyedStore } from './keyed-store.js';

const TTL = 100;

interface Item {
  n: number;
  /** Of the last touch. */
  at: number;
}

/** What a key has in the model. Nothing is ever cleaned there: what has expired is passed over. */
class Model {
  value: Item | undefined;
  sum: Item | undefined;
  list: Item[] = [];
  readonly map = new Map<number, Item>();
}

function shapeOf(ttl: Ttl) {
  return {
    value: valueState<number>({ ttl }),
    sum: reducingState<number>((a, b) => a + b, { ttl }),
    list: listState<number>({ ttl }),
    map: mapState<number, number>({ ttl }),
  };
}

const step = fc.record({
  key: fc.constantFrom('a', 'b', 'c'),
  act: fc.constantFrom('set', 'reduce', 'add', 'put', 'delete', 'read', 'readOne', 'has', 'clear', 'restore', 'wait'),
  n: fc.nat(60),
  /** How far before or after the watermark an element is, in event time. */
  off: fc.integer({ min: -30, max: 30 }),
});

describe.each(['processing', 'event'] as const)('ttl in %s time', (time) => {
  it.each(['write', 'readAndWrite'] as const)('from the last %s, is that of a model', (refresh) => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        let now = 1000;
        let timestamp = 0;
        const shape = shapeOf({ after: TTL, time, refresh });
        const open = () => {
          const store = new KeyedStore({ uid: 'ttl', maxParallelism: 8 });
          const turn = {
            id: -1,
            timestamp: Number.NaN,
            // The other clock stands still: it must not matter.
            watermark: time === 'event' ? now : 0,
            clock: { now: () => (time === 'event' ? 0 : now), sleep: async () => {} },
          };
          return { store, turn, state: bindState(shape, store, turn) };
        };
        let live = open();
        const models = new Map<string, Model>();
        const isAlive = (item: Item | undefined): item is Item => item !== undefined && now < item.at + TTL;
        const touched = (before: Item | undefined): number => {
          if (time === 'processing') return now;
          return isAlive(before) ? Math.max(before.at, timestamp) : timestamp;
        };
        const isRead = (item: Item): number => {
          if (refresh === 'readAndWrite') item.at = touched(item);
          return item.n;
        };
        const read = (item: Item | undefined) => (isAlive(item) ? isRead(item) : undefined);

        for (const { key, act, n, off } of steps) {
          const model = models.get(key) ?? new Model();
          models.set(key, model);
          const { store, turn } = live;
          if (act === 'wait') {
            now += n;
            if (time === 'event') turn.watermark = now;
            continue;
          }
          if (act === 'restore') {
            const chunks: Uint8Array[] = [];
            store.capture(new Uint8Array()).encode(
              (chunk) => chunks.push(chunk),
              () => false,
            );
            // What expires while the job is down is gone when it comes back.
            if (time === 'processing') now += n;
            live = open();
            live.store.restore(Buffer.concat(chunks));
            continue;
          }
          timestamp = now + off;
          turn.id = store.keys.idOf(key);
          turn.timestamp = timestamp;
          const { value, sum, list, map } = live.state;
          const slot = n % 3;
          if (act === 'set') {
            value.set(n);
            model.value = { n, at: touched(model.value) };
          } else if (act === 'reduce') {
            sum.add(n);
            const before = isAlive(model.sum) ? model.sum : undefined;
            model.sum = { n: (before?.n ?? 0) + n, at: touched(before) };
          } else if (act === 'add') {
            list.add(n);
            model.list.push({ n, at: time === 'event' ? timestamp : now });
          } else if (act === 'put') {
            map.set(slot, n);
            const before = model.map.get(slot);
            const at = touched(before);
            if (!isAlive(before)) model.map.delete(slot);
            model.map.set(slot, { n, at });
          } else if (act === 'delete') {
            map.delete(slot);
            model.map.delete(slot);
          } else if (act === 'clear') {
            for (const handle of [value, sum, list, map]) handle.clear();
            models.set(key, new Model());
          } else if (act === 'readOne') {
            expect(map.get(slot)).toBe(read(model.map.get(slot)));
            expect(value.get()).toBe(read(model.value));
          } else if (act === 'has') {
            expect(map.isEmpty).toBe(![...model.map.values()].some(isAlive));
            expect(map.has(slot)).toBe(read(model.map.get(slot)) !== undefined);
          } else {
            expect(sum.get()).toBe(read(model.sum));
            expect(list.get()).toEqual(model.list.filter(isAlive).map(isRead));
            expect([...map]).toEqual(
              [...model.map].filter(([, item]) => isAlive(item)).map(([at, item]) => [at, isRead(item)]),
            );
          }
          const { id } = turn;
          turn.id = -1;
          store.keys.endTurn(id);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('until it is cleaned: what lives is always there, and nothing that was never kept', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let now = 1000;
        const store = new KeyedStore({ uid: 'ttl', maxParallelism: 8 });
        const turn = { id: -1, timestamp: 0, watermark: 0, clock: { now: () => now, sleep: async () => {} } };
        const { list, map } = bindState(shapeOf({ after: TTL, time, expired: 'untilCleaned' }), store, turn);
        const added = new Map<string, Item[]>();
        const put = new Map<string, Map<number, Item>>();
        for (const { key, act, n } of steps) {
          if (act === 'wait') now += n;
          turn.watermark = now;
          turn.timestamp = now;
          turn.id = store.keys.idOf(key);
          const items = added.get(key) ?? [];
          added.set(key, items);
          const entries = put.get(key) ?? new Map<number, Item>();
          put.set(key, entries);
          if (act === 'add') {
            list.add(n);
            items.push({ n, at: now });
          } else if (act === 'put') {
            map.set(n % 3, n);
            entries.set(n % 3, { n, at: now });
          } else {
            const isAlive = ({ at }: Item) => now < at + TTL;
            const read = list.get();
            expect(read).toEqual(items.slice(items.length - read.length).map((item) => item.n));
            expect(read.length).toBeGreaterThanOrEqual(items.filter(isAlive).length);
            const found = new Map(map);
            for (const [slot, item] of entries) if (isAlive(item)) expect(found.get(slot)).toBe(item.n);
            for (const [slot, kept] of found) expect(entries.get(slot)?.n).toBe(kept);
          }
          const { id } = turn;
          turn.id = -1;
          store.keys.endTurn(id);
        }
      }),
      { numRuns: 300 },
    );
  });
});
