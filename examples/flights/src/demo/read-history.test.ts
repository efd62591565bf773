import { expect, it } from 'vitest';
import { readHistory } from './read-history.js';

it('answers the last count at or before a time, and forgets', () => {
  const history = readHistory(100);
  expect(history.eventsAt(0)).toBe(0);
  history.add(10, 1);
  history.add(20, 2);
  history.add(100, 3);
  expect([5, 10, 19, 20, 500].map(history.eventsAt)).toEqual([1, 1, 1, 2, 3]);
  history.add(115, 4);
  expect([10, 20].map(history.eventsAt)).toEqual([2, 2]);
});
