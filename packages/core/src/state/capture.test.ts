import { ByteWriter, structuredCodec } from '@sluice/connector-sdk';
import { describe, expect, it } from 'vitest';
import { keyGroupRange } from './key-group.js';
import { KeyedStore } from './keyed-store.js';
import { memoryState } from './memory-state.js';

function open(maxParallelism = 128) {
  const store = new KeyedStore({ uid: 'test', maxParallelism });
  return { store, table: store.table('n', structuredCodec<unknown>()) };
}

describe('a capture', () => {
  it('is encoded in small slices and small chunks', () => {
    const { store, table } = open();
    for (let n = 0; n < 5000; n++) table.set(store.keys.idOf(n), { n, text: 'x'.repeat(n % 50) });
    table.set(store.keys.idOf('large'), 'y'.repeat(1_000_000));
    const capture = store.capture(Uint8Array.of(1, 2));
    const chunks: Uint8Array[] = [];
    let slices = 1;
    while (
      !capture.encode(
        (chunk) => chunks.push(chunk),
        () => true,
      )
    )
      slices++;
    expect(slices).toBeGreaterThan(5000 / 256);
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThanOrEqual(256 * 1024);
    const back = open();
    expect([...back.store.restore(new Uint8Array(Buffer.concat(chunks)))]).toEqual([1, 2]);
    expect(back.store.keys.size).toBe(5001);
    expect(back.table.get(back.store.keys.find(4321))).toEqual({ n: 4321, text: 'x'.repeat(21) });
    expect(back.table.get(back.store.keys.find('large'))).toHaveLength(1_000_000);
  });

  it('writes again where its chunks were that nobody reads any more', () => {
    const { store, table } = open();
    const textOf = (n: number): string => String(n).repeat(200);
    for (let n = 0; n < 5000; n++) table.set(store.keys.idOf(n), textOf(n));
    const places = new Set<ArrayBufferLike>();
    const chunks: Uint8Array[] = [];
    const capture = store.capture(new Uint8Array());
    const take = (chunk: Uint8Array): void => {
      places.add(chunk.buffer);
      chunks.push(chunk.slice());
      capture.reuse?.(chunk);
    };
    while (!capture.encode(take, () => true));
    expect(chunks.length).toBeGreaterThan(places.size);
    const back = open();
    back.store.restore(new Uint8Array(Buffer.concat(chunks)));
    for (let n = 0; n < 5000; n++) expect(back.table.get(back.store.keys.find(n))).toBe(textOf(n));
  });

  it('gives nothing more once it is discarded, and does not disturb the next', () => {
    const { store, table } = open();
    for (let n = 0; n < 1000; n++) table.set(store.keys.idOf(n), n);
    const first = store.capture(new Uint8Array());
    table.set(3, -3);
    first.encode(
      () => {},
      () => true,
    );
    first.discard();
    const second = store.capture(new Uint8Array());
    expect(
      first.encode(
        () => expect.unreachable(),
        () => false,
      ),
    ).toBe(true);
    first.discard();
    table.set(4, -4);
    const chunks: Uint8Array[] = [];
    second.encode(
      (chunk) => chunks.push(chunk),
      () => false,
    );
    const back = open();
    back.store.restore(new Uint8Array(Buffer.concat(chunks)));
    expect([3, 4, 5].map((n) => back.table.get(back.store.keys.find(n)))).toEqual([-3, 4, 5]);
  });

  it('with the most key groups there can be, is restored by any number of subtasks', () => {
    const { store, table } = open(32_768);
    for (let n = 0; n < 3000; n++) table.set(store.keys.idOf(`key ${n}`), n);
    const chunks: Uint8Array[] = [];
    store.capture(new Uint8Array()).encode(
      (chunk) => chunks.push(chunk),
      () => false,
    );
    const bytes = new Uint8Array(Buffer.concat(chunks));
    let found = 0;
    for (let subtask = 0; subtask < 3; subtask++) {
      const part = open(32_768);
      part.store.restore(bytes, keyGroupRange(subtask, 3, 32_768));
      expect(part.store.keys.size).toBeGreaterThan(800);
      found += part.store.keys.size;
    }
    expect(found).toBe(3000);
  });

  it('of several snapshots makes one state when a subtask takes over from others', () => {
    const parts = ['a', 'b'].map((key) => {
      const { store, table } = open();
      table.set(store.keys.idOf(key), key);
      const chunks: Uint8Array[] = [];
      store.capture(new Uint8Array()).encode(
        (chunk) => chunks.push(chunk),
        () => false,
      );
      return new Uint8Array(Buffer.concat(chunks));
    });
    const back = open();
    for (const part of parts) back.store.restore(part);
    expect(['a', 'b'].map((key) => back.table.get(back.store.keys.find(key)))).toEqual(['a', 'b']);
  });
});

it('a snapshot of format 1 is read, one of a newer format refused, and changes alone are damage', () => {
  const writer = new ByteWriter();
  writer.uint8(1);
  writer.string('test');
  writer.varint(128);
  writer.bytes(Uint8Array.of(9));
  writer.varint(1);
  writer.string('n');
  writer.string('plain');
  const codec = structuredCodec<unknown>();
  writer.varint(codec.version);
  writer.uint8(1);
  const before = writer.finish();
  const { store, table } = open();
  table.set(store.keys.idOf('a'), 5);
  const chunks: Uint8Array[] = [];
  store.capture(Uint8Array.of(9)).encode(
    (chunk) => chunks.push(chunk),
    () => false,
  );
  // What comes behind the preamble is as it was.
  const back = open();
  expect([...back.store.restore(Buffer.concat([before, ...chunks.slice(1)]))]).toEqual([9]);
  expect(back.table.get(back.store.keys.find('a'))).toBe(5);
  for (const [version, code] of [
    [4, 'SLUICE_STATE_VERSION'],
    [3, 'SLUICE_CHECKPOINT_DAMAGED'],
  ] as const) {
    const changed = Buffer.concat(chunks);
    changed[0] = version;
    expect(() => open().store.restore(changed)).toThrow(expect.objectContaining({ code }));
  }
});

it('memoryState gives one store for each operator', async () => {
  const store = await memoryState().open({} as never);
  const first = store.keyed('one', 128);
  const table = first.table('n', structuredCodec<number>());
  const id = first.keys.idOf('a');
  table.set(id, 1);
  expect(store.keyed('one', 128)).toBe(first);
  expect(store.keyed('two', 128).keys.size).toBe(0);
  expect([table.has(id), table.get(id)]).toEqual([true, 1]);
  await store.close();
});
