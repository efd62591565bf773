import { describe, expect, test } from 'vitest';
import { sinkSettings } from '../sink-settings.js';
import { encodeEntry } from './encode-entry.js';

const entryOf = (options: object) =>
  encodeEntry(
    sinkSettings<string>({ node: 'http://localhost:9200', index: 'i', id: (v) => v, document: () => ({}), ...options }),
    'x',
  );

describe('an element as an entry', () => {
  test('has the version that is given, bigints as well, while it is exact', () => {
    expect(entryOf({}).version).toBeUndefined();
    expect(entryOf({ version: () => 7 }).version).toBe(7);
    expect(entryOf({ version: () => 2n ** 53n - 1n }).version).toBe(2 ** 53 - 1);
    for (const version of [2n ** 53n, -1n, 0.5, Number.NaN, undefined, '7'])
      expect(() => entryOf({ version: () => version })).toThrow('SLUICE_ELASTICSEARCH_DOCUMENT');
  });

  test('is refused when JSON cannot hold its document, and nothing of it is quoted', () => {
    const cycle: Record<string, unknown> = {};
    cycle.secret = cycle;
    for (const document of [{ secret: 1n }, cycle, [], null, undefined, 'text']) {
      const refused = (() => {
        try {
          return entryOf({ document: () => document });
        } catch (error) {
          return error;
        }
      })();
      expect(refused).toMatchObject({ code: 'SLUICE_ELASTICSEARCH_DOCUMENT', remedy: expect.any(String) });
      expect(String(refused)).not.toContain('secret');
    }
  });
});
