import { expect, test } from 'vitest';
import { isAutoCreated } from './auto-create.js';

test.each([
  ['true', 'a', true],
  ['false', 'a', false],
  ['+views-*,-*', 'views-1', true],
  ['+views-*,-*', 'clicks', false],
  ['-views-old*,+views-*', 'views-old-1', false],
  ['-views-old*,+views-*', 'views-1', true],
  ['views', 'views', true],
  ['views', 'views2', false],
  ['a*b*c', 'aXbYc', true],
  ['a*b*c', 'ac', false],
  ['ab*ba', 'aba', false],
])('%s creates %s: %s', (setting, index, created) => {
  expect(isAutoCreated(setting, index)).toBe(created);
});
