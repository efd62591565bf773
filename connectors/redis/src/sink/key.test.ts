import { expect, test } from 'vitest';
import { canHaveSibling, checkedKey, siblingOf } from './key.js';

test.each([
  ['user:1', '{user:1}:sluice'],
  ['{tag}x', '{tag}x:sluice'],
  ['a{tag}x{other}', 'a{tag}x{other}:sluice'],
  ['a{b', '{a{b}:sluice'],
])('the version of %s is at %s', (key, sibling) => {
  expect(siblingOf(key)).toBe(sibling);
  expect(canHaveSibling(key)).toBe(true);
  expect(tagOf(sibling)).toBe(tagOf(key));
});

test.each(['a}b', 'a{}b', '{}'])('%s has no sibling in its slot', (key) => {
  expect(canHaveSibling(key)).toBe(false);
  expect(checkedKey('sink', key, false)).toBe(key);
  expect(() => checkedKey('sink', key, true)).toThrowError(expect.objectContaining({ code: 'SLUICE_REDIS_VALUE' }));
});

test.each([[''], [undefined], [5], ['half a \ud800'], ['\udc00']])('%o is no key', (key) => {
  expect(() => checkedKey('sink', key, false)).toThrowError(expect.objectContaining({ code: 'SLUICE_REDIS_VALUE' }));
});

/** What of a key decides about its slot, as Redis says it. */
function tagOf(key: string): string {
  const open = key.indexOf('{');
  const close = open < 0 ? -1 : key.indexOf('}', open);
  return close > open + 1 ? key.slice(open + 1, close) : key;
}
