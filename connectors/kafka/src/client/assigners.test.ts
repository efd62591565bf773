import { expect, test } from 'vitest';
import { everyMemberAll, range, roundRobin } from './assigners.js';

const partitions = new Map([
  ['a', [0, 1, 2]],
  ['b', [0, 1]],
]);
const members = [
  { memberId: 'm2', topics: ['a'] },
  { memberId: 'm1', topics: ['a', 'b'] },
];
const plain = (shares: ReturnType<typeof range>) =>
  Object.fromEntries([...shares].map(([member, share]) => [member, Object.fromEntries(share)]));

test('among themselves sources share nothing', () => {
  expect(plain(everyMemberAll(members, partitions))).toEqual({ m1: { a: [0, 1, 2], b: [0, 1] }, m2: { a: [0, 1, 2] } });
});

test('round robin gives each partition once, to a member that wants its topic', () => {
  expect(plain(roundRobin(members, partitions))).toEqual({ m1: { a: [0, 2], b: [0, 1] }, m2: { a: [1] } });
});

test('range gives neighbours, and to the first member one more', () => {
  expect(plain(range(members, partitions))).toEqual({ m1: { a: [0, 1], b: [0, 1] }, m2: { a: [2] } });
});

test('a topic that nobody wants is nobody’s', () => {
  expect(plain(roundRobin([{ memberId: 'm', topics: ['a'] }], new Map([['c', [0]]])))).toEqual({ m: {} });
});
