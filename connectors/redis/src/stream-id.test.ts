import { expect, test } from 'vitest';
import { isAbove, parseStreamId, streamIdText, timestampOf } from './stream-id.js';

test.each([
  ['5-1', '5-1'],
  ['5', '5-0'],
  ['0-1', '0-1'],
  ['007-01', '7-1'],
  ['18446744073709551615-18446744073709551615', '18446744073709551615-18446744073709551615'],
])('%s is %s', (text, whole) => {
  const id = parseStreamId(text);
  expect(id && streamIdText(id)).toBe(whole);
});

test.each([
  ['0-0'],
  ['0'],
  [''],
  ['-1'],
  ['5-*'],
  ['*'],
  ['$'],
  ['18446744073709551616-0'],
  ['1-2-3'],
  [5],
  [undefined],
])('%o is no id of an entry', (text) => {
  expect(parseStreamId(text)).toBeUndefined();
});

test('milliseconds come before sequences, as numbers', () => {
  const above = (a: string, b: string) => {
    const [one, other] = [parseStreamId(a), parseStreamId(b)];
    return one !== undefined && other !== undefined && isAbove(one, other);
  };
  expect(above('10-0', '9-9')).toBe(true);
  expect(above('9-10', '9-9')).toBe(true);
  expect(above('9-9', '9-9')).toBe(false);
  expect(above('9-9', '10-0')).toBe(false);
  expect(timestampOf('1700000000123-4')).toBe(1_700_000_000_123);
});
