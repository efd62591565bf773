import { describe, expect, test } from 'vitest';
import { mappingConflict } from './mapping-conflict.js';

describe('mappingConflict', () => {
  test('a field of one of the types is right, of another one is not', () => {
    const mapping = { properties: { at: { type: 'date' } } };
    expect(mappingConflict(mapping, 'at', ['date', 'date_nanos'])).toBeUndefined();
    expect(mappingConflict(mapping, 'at', ['long'])).toBe('field at of type date');
  });

  test('a path leads through objects, which have no type of their own', () => {
    const mapping = { properties: { meta: { properties: { gone: { type: 'boolean' } } } } };
    expect(mappingConflict(mapping, 'meta.gone', ['boolean'])).toBeUndefined();
    expect(mappingConflict(mapping, 'meta', ['boolean'])).toBe('field meta of type object');
  });

  test('a missing field may come, unless the mapping is strict', () => {
    expect(mappingConflict({}, 'at', ['date'])).toBeUndefined();
    expect(mappingConflict({ dynamic: 'strict' }, 'at', ['date'])).toBe('no field at, under `dynamic: strict`');
  });

  test('the nearest object says whether fields may come', () => {
    const open = { dynamic: 'strict', properties: { meta: { dynamic: true, properties: {} } } };
    expect(mappingConflict(open, 'meta.gone', ['boolean'])).toBeUndefined();
    const closed = { dynamic: true, properties: { meta: { dynamic: 'strict', properties: {} } } };
    expect(mappingConflict(closed, 'meta.gone', ['boolean'])).toContain('no field meta.gone');
  });

  test('what every object inherits is no field', () => {
    expect(mappingConflict({ properties: {} }, 'constructor', ['date'])).toBeUndefined();
  });
});
