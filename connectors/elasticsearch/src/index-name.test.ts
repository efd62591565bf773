import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { datedName, indexName, isIndexName, NoSuchTime } from './index-name.js';

const nameAt = (pattern: string, at: number | string): string => {
  const name = datedName(pattern);
  if (typeof name === 'string') throw new Error(name);
  return name(typeof at === 'string' ? Date.parse(at) : at);
};

describe('a pattern of dates', () => {
  test.each([
    ['views-{yyyy.MM.dd}', '2026-11-02T03:04:05Z', 'views-2026.11.02'],
    ['views-{yyyy}', '0099-01-01T00:00:00Z', 'views-0099'],
    ['{yyyy-MM}-views-{dd}t{HH}', '2026-01-31T23:59:59.999Z', '2026-01-views-31t23'],
    ['v-{yyyyMMddHH}', '1969-12-31T23:00:00Z', 'v-1969123123'],
    // Of UTC, whatever the zone in which it is written.
    ['v-{yyyy.MM.dd}', '2026-03-01T00:30:00+02:00', 'v-2026.02.28'],
  ])('%s at %s is %s', (pattern, at, name) => {
    expect(nameAt(pattern, at)).toBe(name);
  });

  test('gives the same name to all times of a day, and no two days the same', () => {
    const day = 86_400_000;
    fc.assert(
      fc.property(fc.integer({ min: -20_000, max: 100_000 }), fc.integer({ min: 0, max: day - 1 }), (days, within) => {
        const name = nameAt('v-{yyyy.MM.dd}', days * day + within);
        expect(name).toBe(`v-${new Date(days * day).toISOString().slice(0, 10).replaceAll('-', '.')}`);
      }),
    );
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 1e18, -1e18])('has no name for %s', (at) => {
    expect(() => nameAt('v-{yyyy}', at)).toThrow(NoSuchTime);
  });

  test.each(['views', 'v-{}', 'v-{yyyy', 'v-yyyy}', 'v-{YYYY}', 'v-{mm}', 'V-{yyyy}', '-{yyyy}', 'v {yyyy}', ''])(
    '%s is none',
    (pattern) => {
      expect(typeof datedName(pattern)).toBe('string');
    },
  );
});

test('names are those that the server takes', () => {
  for (const name of ['a', 'logs-2026.01.01', '.own', 'ä', 'a_b-c+d']) expect(isIndexName(name)).toBe(true);
  for (const name of ['', '.', '..', 'A', 'a b', 'a,b', 'a*', '-a', '_a', '+a', 'a:b', 'a#b', 'x'.repeat(256)]) {
    expect(isIndexName(name)).toBe(false);
  }
});

test('what all names match is known of a name and of a pattern', () => {
  expect(indexName('views')).toMatchObject({ fixed: 'views', wildcard: 'views' });
  expect(indexName({ pattern: 'v-{yyyy}-{MM}', timeOf: () => 0 })).toMatchObject({
    fixed: undefined,
    wildcard: 'v-*-*',
  });
  expect(indexName(() => 'views')).toMatchObject({ fixed: undefined, wildcard: undefined });
});
