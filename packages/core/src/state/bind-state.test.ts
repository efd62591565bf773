import { structuredCodec } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { averageOf } from '../aggregates/average-of.js';
import type { Key } from '../stream/element.js';
import { bindState } from './bind-state.js';
import type { StateShape } from './descriptor.js';
import { aggregatingState, listState, mapState, reducingState, type Ttl, valueState, valueStateOf } from './index.js';
import { KeyedStore } from './keyed-store.js';
import type { Turn } from './turn.js';

let now = 0;
beforeEach(() => {
  now = 0;
});

function open<S extends StateShape>(shape: S) {
  const store = new KeyedStore({ uid: 'test', maxParallelism: 16 });
  const turn = {
    id: -1,
    timestamp: Number.NaN,
    watermark: Number.NEGATIVE_INFINITY,
    clock: { now: () => now, sleep: async () => {} },
  } satisfies Turn;
  const state = bindState(shape, store, turn);
  return {
    store,
    turn,
    state,
    as<R>(key: Key, act: (of: typeof state) => R, timestamp = Number.NaN): R {
      turn.id = store.keys.idOf(key);
      turn.timestamp = timestamp;
      try {
        return act(state);
      } finally {
        const { id } = turn;
        turn.id = -1;
        store.keys.endTurn(id);
      }
    },
    snapshot(): Uint8Array {
      const chunks: Uint8Array[] = [];
      store.capture(new Uint8Array()).encode(
        (chunk) => chunks.push(chunk),
        () => false,
      );
      return new Uint8Array(Buffer.concat(chunks));
    },
  };
}

function everything(ttl?: Ttl) {
  const options = ttl === undefined ? {} : { ttl };
  return {
    value: valueState<number>(options),
    counter: valueStateOf(() => 10, options),
    list: listState<number>(options),
    map: mapState<Key, number>(options),
    sum: reducingState<number>((a, b) => a + b, options),
    mean: aggregatingState(
      averageOf((n: number) => n),
      options,
    ),
  };
}

type All = ReturnType<typeof open<ReturnType<typeof everything>>>['state'];

function fill(state: All, n: number): void {
  state.value.set(n);
  state.counter.set(n);
  state.list.add(n);
  state.map.set('k', n);
  state.sum.add(n);
  state.mean.add(n);
}

function read(state: All) {
  return [
    state.value.get(),
    state.counter.get(),
    [...state.list.get()],
    [...state.map],
    state.sum.get(),
    state.mean.get(),
  ];
}

const EMPTY = [undefined, 10, [], [], undefined, undefined];
const filled = (n: number) => [n, n, [n], [['k', n]], n, n];

describe('handles of state', () => {
  it('belong to the key whose turn it is', () => {
    const { as, store } = open(everything());
    as('a', (state) => fill(state, 1));
    as('b', (state) => fill(state, 2));
    expect(as('a', read)).toEqual(filled(1));
    expect(as('b', read)).toEqual(filled(2));
    expect(as('c', read)).toEqual(EMPTY);
    expect(store.keys.size).toBe(2);
  });

  it('forget keys under which nothing is left', () => {
    const { as, store } = open(everything());
    as('a', (state) => fill(state, 1));
    as('a', (state) => {
      state.value.set(undefined as never);
      for (const name of ['counter', 'list', 'sum', 'mean'] as const) state[name].clear();
      state.map.delete('k');
      expect(state.map.isEmpty).toBe(true);
    });
    expect(store.keys.size).toBe(0);
    expect(as('a', read)).toEqual(EMPTY);
  });

  it('come back from a snapshot', () => {
    const before = open(everything());
    before.as(['a', 1], (state) => fill(state, 3));
    const after = open(everything());
    after.store.restore(before.snapshot());
    expect(after.as(['a', 1], read)).toEqual(filled(3));
  });

  it('refuse to be used outside a turn', () => {
    const { state, as } = open(everything());
    const uses: (() => unknown)[] = [
      () => state.value.get(),
      () => state.value.set(1),
      () => state.value.clear(),
      () => state.counter.get(),
      () => state.list.get(),
      () => state.list.add(1),
      () => state.list.set([]),
      () => state.map.get('a'),
      () => state.map.set('a', 1),
      () => state.map.isEmpty,
      () => [...state.map],
      () => state.sum.add(1),
      () => state.mean.get(),
    ];
    for (const use of uses) expect(use).toThrow('SLUICE_STATE_OUTSIDE_TURN');
    const iterator = as('a', ({ map }) => {
      map.set('x', 1);
      return map[Symbol.iterator]();
    });
    expect(() => iterator.next()).toThrow('SLUICE_STATE_OUTSIDE_TURN');
  });

  it('a list that was read stays as it is', () => {
    const { as } = open({ list: listState<number>() });
    as('a', ({ list }) => {
      list.add(1);
      const first = Object.freeze(list.get());
      list.add(2);
      const second = list.get();
      list.clear();
      expect([first, second, list.get()]).toEqual([[1], [1, 2], []]);
      const mine = [3];
      list.set(mine);
      mine.push(4);
      expect(list.get()).toEqual([3]);
    });
  });

  it('a value changed in place and set again is captured as it was', () => {
    const { as, store } = open({ box: valueState<{ n: number }>() });
    as('a', ({ box }) => box.set({ n: 1 }));
    const capture = store.capture(new Uint8Array());
    as('a', ({ box }) => {
      const value = box.get();
      if (value === undefined) return;
      value.n = 2;
      box.set(value);
    });
    const chunks: Uint8Array[] = [];
    capture.encode(
      (chunk) => chunks.push(chunk),
      () => false,
    );
    const back = open({ box: valueState<{ n: number }>() });
    back.store.restore(new Uint8Array(Buffer.concat(chunks)));
    expect(back.as('a', ({ box }) => box.get())).toEqual({ n: 1 });
  });

  it('keys of a map are the keys of keyBy', () => {
    const before = open({ map: mapState<Key, number>() });
    const keys: Key[] = [
      '__proto__',
      'constructor',
      '\0a',
      '\0\0a',
      0,
      Number.NaN,
      1n,
      true,
      ['a', 1],
      { a: 1, b: 2 },
      new Date(1),
    ];
    before.as('a', ({ map }) => {
      for (const [at, key] of keys.entries()) map.set(key, at);
      map.set(-0, 40);
      map.set({ b: 2, a: 1 }, 90);
    });
    const after = open({ map: mapState<Key, number>() });
    after.store.restore(before.snapshot());
    for (const { as } of [before, after]) {
      as('a', ({ map }) => {
        expect([...map]).toEqual(keys.map((key, at) => [key, at === 4 ? 40 : at === 9 ? 90 : at]));
        expect(map.get(['a', 1])).toBe(8);
        expect(map.has('\0\0\0a')).toBe(false);
        expect(() => map.get(undefined as never)).toThrow('SLUICE_KEY');
      });
    }
  });

  it('a map that changes while it is read goes on with what is left', () => {
    const { as } = open({ map: mapState<number, number>() });
    as('a', ({ map }) => {
      for (let n = 0; n < 4; n++) map.set(n, n);
      const seen: number[] = [];
      for (const [n] of map) {
        seen.push(n);
        map.delete(n);
        if (n === 1) map.delete(2);
      }
      expect(seen).toEqual([0, 1, 3]);
      expect(map.isEmpty).toBe(true);
    });
  });

  it('refuse what is no descriptor', () => {
    expect(() => open({ x: { kind: 'other' } })).toThrow('SLUICE_STATE_DESCRIPTOR');
  });
});

describe('versions of state', () => {
  const shape = (
    version: number,
    decode = (from: number, bytes: Uint8Array) => (bytes[0] as number) * (from === 1 ? 1 : 0.5),
  ) => ({
    n: valueState<number>({ codec: { version, encode: (n) => Uint8Array.of(version === 1 ? n : n * 2), decode } }),
  });

  it('older values are decoded by the newer codec, newer ones refused', () => {
    const one = open(shape(1));
    one.as('a', ({ n }) => n.set(4));
    const two = open(shape(2));
    two.store.restore(one.snapshot());
    expect(two.as('a', ({ n }) => n.get())).toBe(4);
    expect(() => open(shape(1)).store.restore(two.snapshot())).toThrow('SLUICE_STATE_VERSION');
  });

  it('a codec that cannot read an older version is named', () => {
    const one = open(shape(1));
    one.as('a', ({ n }) => n.set(4));
    const two = open(
      shape(2, () => {
        throw new Error('unknown version');
      }),
    );
    expect(() => two.store.restore(one.snapshot())).toThrow('SLUICE_STATE_VERSION');
  });

  it.each([
    ['another kind of state', { n: listState<number>() }],
    ['an aggregate instead', { n: aggregatingState(averageOf((n: number) => n)) }],
    [
      'another codec',
      { n: valueState<number>({ codec: { version: 1, encode: () => new Uint8Array(), decode: () => 1 } }) },
    ],
  ])('%s is refused', (_name, other) => {
    const before = open({ n: valueState<number>() });
    before.as('a', ({ n }) => n.set(1));
    expect(() => open(other as StateShape).store.restore(before.snapshot())).toThrow('SLUICE_STATE_VERSION');
  });

  it('a state that is not declared any more is refused by name', () => {
    const before = open({ n: valueState<number>() });
    before.as('a', ({ n }) => n.set(1));
    expect(() => open({ m: valueState<number>() }).store.restore(before.snapshot())).toThrow(
      expect.objectContaining({
        code: 'SLUICE_STATE_UNMATCHED',
        expected: "a state named 'n', which the checkpoint has",
      }),
    );
  });

  it('a snapshot of another maximal parallelism is refused', () => {
    const other = new KeyedStore({ uid: 'test', maxParallelism: 32 });
    other.table('n', structuredCodec<number>());
    expect(() => other.restore(open({ n: valueState<number>() }).snapshot())).toThrow('SLUICE_MAX_PARALLELISM');
  });

  it('every truncation of a snapshot is refused, and no bit flip does harm', () => {
    const before = open(everything('1h'));
    before.as(['a', 1n], (state) => fill(state, 3));
    before.as('b', (state) => fill(state, 4));
    const bytes = before.snapshot();
    for (let at = 0; at < bytes.length; at++) {
      expect(() => open(everything('1h')).store.restore(bytes.slice(0, at))).toThrow(
        /SLUICE_(CHECKPOINT_DAMAGED|STATE_VERSION)/,
      );
      const changed = bytes.slice();
      changed[at] = (changed[at] as number) ^ (1 << (at & 7));
      try {
        open(everything('1h')).store.restore(changed);
      } catch (error) {
        expect((error as { readonly code?: string }).code).toMatch(/^SLUICE_/);
      }
    }
  });

  it('a second capture waits for the first', () => {
    const { store } = open(everything());
    const first = store.capture(new Uint8Array());
    expect(() => store.capture(new Uint8Array())).toThrow('SLUICE_CAPTURE_OPEN');
    first.discard();
    first.discard();
    store.capture(new Uint8Array()).discard();
  });
});

describe('time to live', () => {
  it('processing time, from the last write', () => {
    const { as, store } = open(everything(100));
    as('a', (state) => fill(state, 1));
    now = 99;
    expect(as('a', read)).toEqual(filled(1));
    now = 100;
    expect(as('a', read)).toEqual(EMPTY);
    expect(store.keys.size).toBe(0);
    as('a', (state) => fill(state, 2));
    now = 199;
    as('a', (state) => {
      state.value.set(5);
      state.list.add(5);
      state.map.set('k', 5);
      state.map.set('l', 5);
      state.sum.add(5);
      state.mean.add(4);
    });
    now = 250;
    expect(as('a', read)).toEqual([
      5,
      10,
      [5],
      [
        ['k', 5],
        ['l', 5],
      ],
      7,
      3,
    ]);
  });

  it('from the last read as well', () => {
    const { as } = open(everything({ after: 100, refresh: 'readAndWrite' }));
    as('a', (state) => fill(state, 1));
    for (now of [90, 180, 270]) expect(as('a', read)).toEqual(filled(1));
    now = 370;
    expect(as('a', read)).toEqual(EMPTY);
  });

  it('what has expired is returned until it is cleaned, if that is asked for', () => {
    const { as, store } = open(everything({ after: 100, expired: 'untilCleaned' }));
    as('a', (state) => fill(state, 1));
    now = 1000;
    expect(as('a', read)).toEqual(filled(1));
    for (let n = 0; n < 20; n++) as(n, (state) => fill(state, n));
    expect(as('a', read)).toEqual(EMPTY);
    expect(store.keys.size).toBe(20);
  });

  it('event time: touched at the timestamp, expired by the watermark', () => {
    const { as, turn } = open(everything({ after: 100, time: 'event' }));
    as('a', (state) => fill(state, 1), 1000);
    now = 1e12;
    turn.watermark = 1099;
    expect(as('a', read, 5000)).toEqual(filled(1));
    as('a', (state) => state.value.set(2), 500);
    turn.watermark = 1100;
    expect(as('a', read, 5000)).toEqual(EMPTY);
    as('a', (state) => fill(state, 1), 2000);
    as('a', ({ value }) => value.set(7), 1500);
    turn.watermark = 2099;
    expect(as('a', ({ value }) => value.get())).toBe(7);
  });

  it('event time: without any time nothing expires, and the first watermark counts as the touch', () => {
    const { as, turn } = open(everything({ after: 100, time: 'event' }));
    as('a', (state) => fill(state, 1));
    expect(as('a', read)).toEqual(filled(1));
    turn.watermark = 5000;
    expect(as('a', read)).toEqual(filled(1));
    turn.watermark = 5100;
    expect(as('a', read)).toEqual(EMPTY);
  });

  it('is each entry’s own in lists and maps', () => {
    const { as } = open(everything(100));
    as('a', (state) => fill(state, 1));
    now = 60;
    as('a', ({ list, map }) => {
      list.add(2);
      map.set('l', 2);
    });
    now = 120;
    as('a', ({ list, map }) => {
      expect(list.get()).toEqual([2]);
      expect([...map]).toEqual([['l', 2]]);
      expect([map.has('k'), map.get('k'), map.isEmpty]).toEqual([false, undefined, false]);
    });
    now = 160;
    as('a', ({ list, map }) => expect([list.get(), map.isEmpty]).toEqual([[], true]));
  });

  it('expired state is cleaned away while others are used, also within one large map or list', () => {
    const { as, store } = open({ map: mapState<number, number>({ ttl: 100 }), list: listState<number>({ ttl: 100 }) });
    as('old', ({ map, list }) => {
      for (let n = 0; n < 1000; n++) map.set(n, n);
      for (let n = 0; n < 1000; n++) list.add(n);
    });
    now = 100;
    for (let n = 0; n < 1100; n++) {
      as('new', ({ map, list }) => {
        map.set(0, n);
        list.get();
      });
    }
    expect(store.keys.size).toBe(1);
  });

  it('a snapshot leaves out what had expired at the barrier, not what expires later', () => {
    const before = open(everything({ after: 100, time: 'event' }));
    before.as('a', (state) => fill(state, 1), 1000);
    before.as('b', (state) => fill(state, 2), 1050);
    before.turn.watermark = 1100;
    const capture = before.store.capture(new Uint8Array());
    before.turn.watermark = 9000;
    const chunks: Uint8Array[] = [];
    capture.encode(
      (chunk) => chunks.push(chunk),
      () => false,
    );
    const after = open(everything({ after: 100, time: 'event' }));
    after.store.restore(new Uint8Array(Buffer.concat(chunks)));
    expect(after.store.keys.size).toBe(1);
    after.turn.watermark = 1149;
    expect(after.as('b', read)).toEqual(filled(2));
    after.turn.watermark = 1150;
    expect(after.as('b', read)).toEqual(EMPTY);
  });

  it.each(['processing', 'event'] as const)('turned on for old state, in %s time: touched at restore', (time) => {
    const before = open(everything());
    before.as('a', (state) => fill(state, 1));
    const after = open(everything({ after: 100, time }));
    now = 5000;
    after.store.restore(before.snapshot());
    after.turn.watermark = 7000;
    now = 5099;
    expect(after.as('a', read)).toEqual(filled(1));
    after.turn.watermark = 7100;
    now = 5100;
    expect(after.as('a', read)).toEqual(EMPTY);
  });

  it('turned off again: what is there stays', () => {
    const before = open(everything(100));
    before.as('a', (state) => fill(state, 1));
    const after = open(everything());
    after.store.restore(before.snapshot());
    now = 1e9;
    expect(after.as('a', read)).toEqual(filled(1));
  });

  it.each([0, -1, Number.NaN])('of %s ms is refused', (after) => {
    expect(() => open({ value: valueState({ ttl: { after } }) })).toThrow('SLUICE_');
  });

  it('is that of a model, with restores between', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      op: fc.constantFrom('set', 'add', 'put', 'read', 'restore', 'wait'),
      n: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        now = 0;
        const ttl = 100;
        const shape = {
          value: valueState<number>({ ttl }),
          list: listState<number>({ ttl }),
          map: mapState<number, number>({ ttl }),
        };
        let live = open(shape);
        type Item = { n: number; at: number };
        const model = new Map<string, { value: Item | undefined; list: Item[]; map: Map<number, Item> }>();
        const alive = ({ at }: Item) => now < at + ttl;
        for (const { key, op, n } of steps) {
          const of = model.get(key) ?? { value: undefined, list: [], map: new Map<number, Item>() };
          model.set(key, of);
          if (op === 'wait') now += n;
          else if (op === 'restore') {
            const bytes = live.snapshot();
            live = open(shape);
            live.store.restore(bytes);
          } else {
            live.as(key, ({ value, list, map }) => {
              if (op === 'set') {
                value.set(n);
                of.value = { n, at: now };
              } else if (op === 'add') {
                list.add(n);
                of.list.push({ n, at: now });
              } else if (op === 'put') {
                map.set(n % 3, n);
                const item = of.map.get(n % 3);
                if (item === undefined || !alive(item)) of.map.delete(n % 3);
                of.map.set(n % 3, { n, at: now });
              } else {
                expect(value.get()).toBe(of.value !== undefined && alive(of.value) ? of.value.n : undefined);
                expect(list.get()).toEqual(of.list.filter(alive).map((item) => item.n));
                expect([...map]).toEqual([...of.map].filter(([, item]) => alive(item)).map(([k, item]) => [k, item.n]));
              }
            });
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

it('a reduce function that forgets to return is told so', () => {
  const { as } = open({ sum: reducingState<number>(() => undefined as never) });
  as('a', ({ sum }) => sum.add(1));
  expect(() => as('a', ({ sum }) => sum.add(1))).toThrow('SLUICE_STATE_UNDEFINED');
});
