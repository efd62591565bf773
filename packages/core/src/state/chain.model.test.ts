import { structuredCodec } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedState } from '../stream/barrier.js';
import { keyGroupRange } from './key-group.js';
import { KeyedStore } from './keyed-store.js';
import { MapTable } from './map-table.js';
import { Expiry } from './ttl.js';
import type { Turn } from './turn.js';
import { valueCodec } from './value-codec.js';

interface Box {
  n: number;
}

const KEYS: readonly unknown[] = [
  ...Array.from({ length: 12 }, (_, n) => n),
  'a',
  '__proto__',
  ['a', 1],
  [1, 2],
  [['nested'], 1],
  { x: 1 },
  new Date(5),
];
/** So many that what changes of the others is little; they only stand there. */
const STILL = 40;
const MAX_PARALLELISM = 16;

function open() {
  const store = new KeyedStore({ uid: 'model', maxParallelism: MAX_PARALLELISM });
  return { store, tables: [store.table('one', structuredCodec<Box>()), store.table('two', structuredCodec<Box>())] };
}

type Contents = Map<string, number>;

function contents({ store, tables }: ReturnType<typeof open>): Contents {
  const found: Contents = new Map();
  for (let n = 0; n < STILL; n++) {
    if (store.keys.find(`still ${n}`) >= 0) found.set(`still ${n}`, n);
  }
  for (const [at, key] of KEYS.entries()) {
    const id = store.keys.find(key);
    if (id < 0) continue;
    for (const [t, table] of tables.entries()) {
      const box = table.get(id);
      if (box !== undefined) found.set(`${at}/${t}`, box.n);
    }
  }
  return found;
}

const aChange = fc.record({
  op: fc.constantFrom('add' as const, 'set' as const, 'set' as const, 'delete' as const, 'forget' as const),
  key: fc.nat(KEYS.length - 1),
  table: fc.nat(1),
  n: fc.nat(1000),
});
type Change = typeof aChange extends fc.Arbitrary<infer T> ? T : never;

/** A checkpoint: which changes come while it is encoded, and what becomes of it. */
const aCheckpoint = fc.record({
  op: fc.constant('checkpoint' as const),
  meanwhile: fc.array(aChange, { maxLength: 6 }),
  outcome: fc.constantFrom('kept' as const, 'kept' as const, 'kept' as const, 'lost' as const, 'discarded' as const),
  changes: fc.constantFrom(true, true, true, false),
  /** A savepoint joins no chain. */
  joins: fc.constantFrom(true, true, true, true, false),
});

class Live {
  readonly parts = open();
  readonly model: Contents = new Map(Array.from({ length: STILL }, (_, n) => [`still ${n}`, n]));

  constructor() {
    const { store, tables } = this.parts;
    for (let n = 0; n < STILL; n++) tables[n % 2]?.set(store.keys.idOf(`still ${n}`), { n });
  }

  change({ op, key, table, n }: Change): void {
    const { store, tables } = this.parts;
    const id = store.keys.idOf(KEYS[key]);
    const at = `${key}/${table}`;
    const boxes = tables[table] as (typeof tables)[0];
    if (op === 'set') {
      boxes.set(id, { n });
      this.model.set(at, n);
    } else if (op === 'add') {
      const box = boxes.getForUpdate(id);
      if (box !== undefined) {
        box.n += n;
        this.model.set(at, (this.model.get(at) as number) + n);
      }
    } else {
      for (const [t, one] of tables.entries()) {
        if (op === 'delete' && t !== table) continue;
        one.delete(id);
        this.model.delete(`${key}/${t}`);
      }
    }
    store.keys.endTurn(id);
  }
}

function encoded(capture: CapturedState, between: () => void): Uint8Array {
  const chunks: Uint8Array[] = [];
  const write = (chunk: Uint8Array): void => void chunks.push(Uint8Array.from(chunk));
  while (!capture.encode(write, () => true)) between();
  return Buffer.concat(chunks);
}

function restored(chain: readonly Uint8Array[], subtask = 0, parallelism = 1): Contents {
  const back = open();
  expect(back.store.restore(Buffer.concat(chain), keyGroupRange(subtask, parallelism, MAX_PARALLELISM))).toBeDefined();
  return contents(back);
}

describe('a chain of captures, against a Map', () => {
  const steps = fc.array(fc.oneof({ weight: 3, arbitrary: aChange }, { weight: 1, arbitrary: aCheckpoint }), {
    minLength: 10,
    maxLength: 120,
  });

  it('restores what was there at its last barrier, whichever were lost, and whatever was done meanwhile', () => {
    let links = 0;
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (ops, parallelism) => {
        const live = new Live();
        let chain: Uint8Array[] = [];
        for (const step of ops) {
          if (step.op !== 'checkpoint') {
            live.change(step);
            continue;
          }
          const capture = live.parts.store.capture(Uint8Array.of(7));
          if (step.joins) capture.chain?.join(step.changes);
          const expected = new Map(live.model);
          if (step.outcome === 'discarded') {
            for (const change of step.meanwhile) live.change(change);
            capture.discard();
            continue;
          }
          const meanwhile = [...step.meanwhile];
          const first = meanwhile.shift();
          // Before anything is encoded, and in between.
          if (first !== undefined) live.change(first);
          const bytes = encoded(capture, () => {
            const change = meanwhile.shift();
            if (change !== undefined) live.change(change);
          });
          const onto = capture.chain?.changes === true ? chain : [];
          if (onto.length > 0) links++;
          const next = [...onto, bytes];
          expect(restored(next)).toEqual(expected);
          const parts: Contents = new Map();
          for (let subtask = 0; subtask < parallelism; subtask++) {
            for (const [key, n] of restored(next, subtask, parallelism)) {
              expect(parts.has(key)).toBe(false);
              parts.set(key, n);
            }
          }
          expect(parts).toEqual(expected);
          for (const change of meanwhile) live.change(change);
          if (step.outcome !== 'kept' || !step.joins) continue;
          capture.chain?.kept();
          chain = next;
        }
        expect(contents(live.parts)).toEqual(live.model);
      }),
      { numRuns: 300 },
    );
    expect(links).toBeGreaterThan(300);
  });

  it('goes on when the generations are used up: then everything is written once more', () => {
    const live = new Live();
    for (let key = 0; key < KEYS.length; key++) live.change({ op: 'set', key, table: 0, n: key });
    let chain: Uint8Array[] = [];
    let wholes = 0;
    for (let round = 0; round < 600; round++) {
      live.change({ op: round % 3 === 0 ? 'forget' : 'set', key: round % KEYS.length, table: 1, n: round });
      const capture = live.parts.store.capture(Uint8Array.of(1));
      capture.chain?.join(true);
      const bytes = encoded(capture, () => {});
      if (capture.chain?.changes !== true) wholes++;
      chain = capture.chain?.changes === true ? [...chain, bytes] : [bytes];
      if (round % 7 !== 0) capture.chain?.kept();
      else chain.pop();
      if (round % 7 !== 0 && round % 50 === 1) expect(restored(chain)).toEqual(live.model);
    }
    expect(wholes).toBeGreaterThan(2);
    expect(wholes).toBeLessThan(8);
  });

  it('goes from one subtask to two and back, whole and changed', () => {
    const live = new Live();
    for (let key = 0; key < KEYS.length; key++) live.change({ op: 'set', key, table: key % 2, n: key });
    const capture = (store: KeyedStore, onlyChanges: boolean): Uint8Array => {
      const captured = store.capture(Uint8Array.of(1));
      captured.chain?.join(onlyChanges);
      const bytes = encoded(captured, () => {});
      expect(captured.chain?.changes).toBe(onlyChanges);
      captured.chain?.kept();
      return bytes;
    };
    const chain = [capture(live.parts.store, false)];
    for (let round = 0; round < 3; round++) {
      live.change({ op: 'set', key: round, table: 1, n: round });
      live.change({ op: 'forget', key: round + 5, table: 0, n: 0 });
      chain.push(capture(live.parts.store, true));
    }
    const back = open();
    for (let subtask = 0; subtask < 2; subtask++) {
      const part = open();
      part.store.restore(Buffer.concat(chain), keyGroupRange(subtask, 2, MAX_PARALLELISM));
      const whole = capture(part.store, false);
      // One of its keys goes, and comes back by a link of this subtask.
      const key = [...part.store.contents()][0]?.[0];
      const id = part.store.keys.find(key);
      const kept = part.tables.map((table) => table.get(id));
      for (const table of part.tables) table.delete(id);
      part.store.keys.endTurn(id);
      const gone = capture(part.store, true);
      const again = part.store.keys.idOf(key);
      for (const [t, box] of kept.entries()) if (box !== undefined) part.tables[t]?.set(again, box);
      part.store.keys.endTurn(again);
      back.store.restore(Buffer.concat([whole, gone, capture(part.store, true)]));
    }
    expect(contents(back)).toEqual(live.model);
  });

  it('does not take for changed what is only looked at for expiry', () => {
    const store = new KeyedStore({ uid: 'maps', maxParallelism: MAX_PARALLELISM });
    const turn = { id: -1, timestamp: 0, watermark: 0, clock: { now: () => 0, sleep: async () => {} } };
    const values = valueCodec(structuredCodec<unknown>(), 'maps');
    const maps = new MapTable(store, 'maps', values, new Expiry('1h', turn as unknown as Turn, 'maps'));
    const each = 100;
    for (let n = 0; n < each; n++) {
      const id = store.keys.idOf(n);
      for (const entry of ['a', 'b', 'c']) maps.set(id, entry, n);
    }
    const whole = store.capture(new Uint8Array(0));
    whole.chain?.join(true);
    const all = encoded(whole, () => {}).length;
    whole.chain?.kept();
    const id = store.keys.find(7);
    for (let round = 0; round < each * 20; round++) maps.set(id, 'a', round);
    const link = store.capture(new Uint8Array(0));
    link.chain?.join(true);
    expect(encoded(link, () => {}).length).toBeLessThan(all / 5);
  });
});
