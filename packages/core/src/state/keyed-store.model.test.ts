import { structuredCodec } from '@sluice/connector-sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapturedState } from '../stream/barrier.js';
import { keyGroupRange } from './key-group.js';
import { KeyedStore } from './keyed-store.js';

interface Box {
  n: number;
}

const KEYS: readonly unknown[] = [
  'a',
  '__proto__',
  'constructor',
  0,
  1,
  -1,
  1.5,
  Number.NaN,
  2 ** 40,
  1n,
  true,
  ['a', 1],
  [1, 'a'],
  ['__proto__', 'b'],
  [1, 2, 3],
  [1, 2, 4],
  [1, 2],
  [],
  [['nested'], 1],
  { x: 1, y: 'z' },
  new Date(5),
  new Uint8Array([1, 2]),
];

type Op =
  | {
      readonly op: 'add' | 'set' | 'delete' | 'touch';
      readonly key: number;
      readonly table: number;
      readonly n: number;
    }
  | { readonly op: 'capture' | 'discard' }
  | { readonly op: 'drain'; readonly looks: number };

const anOp: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      op: fc.constantFrom('add' as const, 'set' as const, 'delete' as const, 'touch' as const),
      key: fc.nat(KEYS.length - 1),
      table: fc.nat(1),
      n: fc.integer(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constantFrom('capture' as const, 'discard' as const) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('drain' as const), looks: fc.nat(2) }) },
);

const bytes = structuredCodec<Box>();

function newStore() {
  const store = new KeyedStore({ uid: 'model', maxParallelism: 16 });
  const tables = [
    store.table<Box>('one', structuredCodec<Box>()),
    store.table<Box>('two', {
      version: 3,
      encode: bytes.encode,
      decode: (_, from) => bytes.decode(bytes.version, from),
    }),
  ] as const;
  return { store, tables };
}

type Contents = Map<string, number>;

function contents({ store, tables }: ReturnType<typeof newStore>): Contents {
  const found: Contents = new Map();
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

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

describe('KeyedStore against a plain Map', () => {
  it('captures what was there at the barrier, whatever is done meanwhile', () => {
    fc.assert(
      fc.property(fc.array(anOp, { maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (ops, parallelism) => {
        const live = newStore();
        const model: Contents = new Map();
        let open: { capture: CapturedState; at: Contents; chunks: Uint8Array[] } | undefined;
        const check = (done: NonNullable<typeof open>) => {
          const bytes = joined(done.chunks);
          const back = newStore();
          expect([...back.store.restore(bytes)]).toEqual([7]);
          expect(contents(back)).toEqual(done.at);
          const parts: Contents = new Map();
          for (let subtask = 0; subtask < parallelism; subtask++) {
            const part = newStore();
            part.store.restore(bytes, keyGroupRange(subtask, parallelism, 16));
            for (const [key, n] of contents(part)) {
              expect(parts.has(key)).toBe(false);
              parts.set(key, n);
            }
          }
          expect(parts).toEqual(done.at);
        };
        for (const step of ops) {
          if (step.op === 'capture') {
            if (open !== undefined) continue;
            open = { capture: live.store.capture(Uint8Array.of(7)), at: new Map(model), chunks: [] };
          } else if (step.op === 'discard') {
            open?.capture.discard();
            open = undefined;
          } else if (step.op === 'drain') {
            if (open === undefined) continue;
            const { chunks } = open;
            let looks = step.looks;
            if (
              !open.capture.encode(
                (chunk) => chunks.push(chunk),
                () => looks-- <= 0,
              )
            )
              continue;
            check(open);
            open = undefined;
          } else if ('key' in step) {
            const id = live.store.keys.idOf(KEYS[step.key]);
            const table = live.tables[step.table] as (typeof live.tables)[0];
            const at = `${step.key}/${step.table}`;
            if (step.op === 'set') {
              table.set(id, { n: step.n });
              model.set(at, step.n);
            } else if (step.op === 'delete') {
              table.delete(id);
              model.delete(at);
            } else if (step.op === 'add') {
              const box = table.getForUpdate(id);
              if (box !== undefined) {
                box.n += step.n;
                model.set(at, (model.get(at) as number) + step.n);
              }
            }
            live.store.keys.endTurn(id);
          }
        }
        expect(contents(live)).toEqual(model);
        expect(live.store.keys.size).toBe(new Set([...model.keys()].map((at) => at.split('/')[0])).size);
        if (open === undefined) return;
        const { chunks } = open;
        expect(
          open.capture.encode(
            (chunk) => chunks.push(chunk),
            () => false,
          ),
        ).toBe(true);
        check(open);
      }),
      { numRuns: 300 },
    );
  });
});
