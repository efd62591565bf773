import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseName, quoteName } from './identifier.js';

describe('parseName', () => {
  it('takes a qualified name apart, part by part', () => {
    expect(parseName('flights')).toEqual(['flights']);
    expect(parseName('app.flights')).toEqual(['app', 'flights']);
    expect(parseName('My App.select')).toEqual(['My App', 'select']);
    expect(parseName('"a.b"."c""d"')).toEqual(['a.b', 'c"d']);
    expect(parseName('app."x.y"')).toEqual(['app', 'x.y']);
  });

  it('knows what is no name', () => {
    for (const text of ['', '.', 'a.', '.a', 'a..b', 'a.b.c', '"a', 'a"b', '""', '"a"b', `${'x'.repeat(64)}`, 'a\0']) {
      expect(parseName(text), text).toBeUndefined();
    }
  });

  it('reads back what quoteName wrote', () => {
    const part = fc.string({ minLength: 1, maxLength: 20 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 2 }), (parts) => {
        expect(parseName(quoteName(parts))).toEqual(parts);
      }),
    );
  });
});
