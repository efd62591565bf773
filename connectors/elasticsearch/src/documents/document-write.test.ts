import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DocumentAction } from '../sink-options.js';
import { foldEntries, needsStored, type StoredDocument, UNREAD, type VersionedEntry } from './document-write.js';
import { type Fields, mergeDocument } from './merge-document.js';

const place = { index: 'i', id: 'a', routing: undefined };
const options = { hardDeletes: false, deletedField: 'deleted' };
const entry = (version: number, action: DocumentAction, fields: Fields = {}): VersionedEntry<number> => ({
  value: version,
  place,
  action,
  source: action === 'delete' ? '' : JSON.stringify(fields),
  bytes: 0,
  version,
  attempts: 0,
});
const fieldsOf = (entries: VersionedEntry<number>[], stored: StoredDocument = UNREAD) => {
  const write = foldEntries(entries, stored, options);
  return write?.source === undefined ? undefined : JSON.parse(write.source);
};

describe('what the entries of a document come to', () => {
  test('a whole document replaces, an update merges, a delete leaves a mark', () => {
    const stored = { version: 0, fields: { x: 1 } };
    expect(fieldsOf([entry(1, 'index', { y: 1 })], stored)).toEqual({ y: 1 });
    expect(fieldsOf([entry(1, 'update', { y: 1 })], stored)).toEqual({ x: 1, y: 1 });
    expect(fieldsOf([entry(1, 'delete')], stored)).toEqual({ deleted: true });
    expect(fieldsOf([entry(1, 'delete'), entry(2, 'update', { y: 1 })], stored)).toEqual({ y: 1 });
    expect(fieldsOf([entry(1, 'index', { y: 1 }), entry(2, 'update', { z: 1 })], stored)).toEqual({ y: 1, z: 1 });
  });

  test('a hard delete has no document', () => {
    const write = foldEntries([entry(1, 'delete')], UNREAD, { ...options, hardDeletes: true });
    expect(write).toMatchObject({ version: 1, source: undefined });
  });

  test('nothing, when all of them are older than what is stored', () => {
    expect(foldEntries([entry(3, 'update'), entry(5, 'index')], { version: 5, fields: {} }, options)).toBeUndefined();
  });

  const actions = fc.array(
    fc.record({
      action: fc.constantFrom<DocumentAction>('index', 'update', 'delete'),
      fields: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.integer()),
    }),
    { minLength: 1, maxLength: 12 },
  );

  test('in one write or in several, wherever they are divided, it is the same', () => {
    fc.assert(
      fc.property(actions, fc.nat(12), (list, cut) => {
        const entries = list.map(({ action, fields }, i) => entry(i + 1, action, fields));
        const [first, second] = [entries.slice(0, cut), entries.slice(cut)];
        let stored = UNREAD;
        for (const part of [first, second]) {
          const write = foldEntries(part, stored, options);
          if (write?.source === undefined) continue;
          const fields = JSON.parse(write.source);
          stored = { version: write.version, fields: fields.deleted === true ? undefined : fields };
        }
        const whole = fieldsOf(entries);
        expect(stored.fields).toEqual(whole?.deleted === true ? undefined : whole);
      }),
    );
  });

  test('again from any point on, as a replay applies them, it is the same with versions of the user', () => {
    fc.assert(
      fc.property(actions, fc.nat(12), (list, from) => {
        const entries = list.map(({ action, fields }, i) => entry(i + 1, action, fields));
        const write = foldEntries(entries, UNREAD, options);
        const stored = { version: write?.version ?? 0, fields: undefined };
        expect(foldEntries(entries.slice(from), stored, options)).toBeUndefined();
      }),
    );
  });

  test('depends on what is stored only where something is merged into it', () => {
    expect(needsStored([entry(1, 'index'), entry(2, 'update')], false)).toBe(false);
    expect(needsStored([entry(1, 'update'), entry(2, 'index')], false)).toBe(true);
    // The whole document may be older than what is stored, and the update newer.
    expect(needsStored([entry(1, 'index'), entry(2, 'update')], true)).toBe(true);
    expect(needsStored([entry(1, 'index')], true)).toBe(false);
  });
});

test('merging writes nothing through __proto__', () => {
  const merged = mergeDocument({}, JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"x": 1}}'));
  expect(Object.keys(merged)).toEqual(['__proto__', 'constructor']);
  expect(({} as Fields).polluted).toBeUndefined();
  expect((merged as { polluted?: unknown }).polluted).toBeUndefined();
});
