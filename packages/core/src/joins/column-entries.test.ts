import { describe, expect, it } from 'vitest';
import { KeyedStore } from '../state/keyed-store.js';
import { LEFT, NONE, RIGHT, SideWindows } from './side-windows.js';
import { sideWindowEntries } from './side-windows-codec.js';
import { TimedLists } from './timed-lists.js';
import { timedListEntries } from './timed-lists-codec.js';

/** So many that the change of one is little. */
const KEYS = 10;

function open() {
  const lists = new TimedLists(true);
  const windows = new SideWindows();
  const store = new KeyedStore({ uid: 'columns', maxParallelism: 4 });
  const left = store.entries('left', timedListEntries('left', lists, 'matched or not'));
  const table = store.entries('windows', sideWindowEntries('windows', windows));
  return { store, lists, windows, left, table };
}

/** A capture that later ones build on. */
function captured(store: KeyedStore, onlyChanges: boolean): Uint8Array {
  const chunks: Uint8Array[] = [];
  const state = store.capture(new Uint8Array());
  state.chain?.join(onlyChanges);
  while (
    !state.encode(
      (chunk) => chunks.push(Uint8Array.from(chunk)),
      () => false,
    )
  );
  state.chain?.kept();
  return Uint8Array.from(chunks.flatMap((chunk) => [...chunk]));
}

function filled() {
  const parts = open();
  const { store, lists, windows, left, table } = parts;
  for (let key = 0; key < KEYS; key++) {
    const id = store.keys.idOf(key);
    const list = lists.create(key, { key }, 0);
    lists.append(list, key + 1, { key }, 1);
    left.set(id, list);
    const older = windows.open(0, NONE);
    const newer = windows.open(10, older);
    windows.add(older, LEFT, 'a');
    windows.add(newer, RIGHT, { key });
    table.set(id, newer);
  }
  return parts;
}

describe('entries in columns', () => {
  it('are restored from a checkpoint and one of changes, and what the changes replace goes', () => {
    const before = filled();
    const all = captured(before.store, false);
    const id = before.store.keys.find(3);
    before.lists.append(before.left.getForUpdate(id) as number, 9, 'new', 0);
    before.windows.add(before.table.getForUpdate(id) as number, LEFT, 'new');
    const changes = captured(before.store, true);
    expect(changes.length).toBeLessThan(all.length / 2);

    const after = open();
    after.store.restore(Uint8Array.from([...all, ...changes]));
    const ids = Array.from({ length: KEYS }, (_, key) => after.store.keys.find(key));
    after.lists.keepOnly(new Set(ids.map((one) => after.left.get(one) as number)));
    expect(new Map(after.store.contents())).toEqual(new Map(before.store.contents()));
    expect(after.lists.values.filter((value) => value !== undefined)).toHaveLength(2 * KEYS + 1);
  });

  it('are captured as they were at the barrier, whatever changes before they are encoded', () => {
    const { store, lists, windows, left, table } = filled();
    const expected = [...store.contents()];
    const chunks: Uint8Array[] = [];
    const state = store.capture(new Uint8Array());
    for (let key = 0; key < KEYS; key++) {
      const id = store.keys.find(key);
      lists.append(left.getForUpdate(id) as number, 99, 'later', 0);
      windows.add(table.getForUpdate(id) as number, LEFT, 'later');
    }
    while (
      !state.encode(
        (chunk) => chunks.push(Uint8Array.from(chunk)),
        () => false,
      )
    );
    const after = open();
    after.store.restore(Uint8Array.from(chunks.flatMap((chunk) => [...chunk])));
    expect(new Map(after.store.contents())).toEqual(new Map(expected));
  });

  it('are looked at as copies, for which nothing is kept', () => {
    const { store, lists, windows } = filled();
    const shown = store.valueOf(3, 'left') as { value: object }[];
    expect(shown).toEqual([
      { timestamp: 3, value: { key: 3 } },
      { timestamp: 4, value: { key: 3 } },
    ]);
    expect(lists.values).not.toContain(shown[0]?.value);
    expect(store.valueOf(3, 'windows')).toEqual([
      { start: 0, contents: { left: ['a'], right: undefined } },
      { start: 10, contents: { left: undefined, right: [{ key: 3 }] } },
    ]);
    expect(lists.values.filter((value) => value !== undefined)).toHaveLength(2 * KEYS);
    expect(windows.open(0, NONE)).toBe(2 * KEYS);
  });
});
