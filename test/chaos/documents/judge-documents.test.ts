import { expect, test } from 'vitest';
import { compareDocuments, compareLetters, comparePast } from './judge-documents.js';
import { allLines, type Flaw, type Line } from './revisions.js';

const line = (id: number, document: string, n: number, flaw?: Flaw): Line => ({
  revision: { id, document, n, amount: 1 },
  flaw,
  text: '',
});
const lines = [
  line(1, 'a', 1),
  line(2, 'b', 1),
  line(3, 'a', 2),
  line(4, 'a', 3, 'does not fit'),
  line(5, 'b', 2, 'does not decode'),
];
const right = [
  { id: 3, document: 'a', n: 2 },
  { id: 2, document: 'b', n: 1 },
];
const letters = [
  { id: 4, flaw: 'does not fit' },
  { id: 5, flaw: 'does not decode' },
] as const;

test('what is right is right', () => {
  expect(compareDocuments(lines, right)).toEqual([]);
  expect(compareLetters(lines, letters)).toEqual([]);
  expect(comparePast(lines, [{ id: 1, document: 'a', n: 1 }], right)).toEqual([]);
});

test.each([
  ['a document that is lost', right.slice(0, 1), 'b is lost'],
  ['an old revision', [{ id: 1, document: 'a', n: 1 }, ...right.slice(1)], 'a has revision 1 instead of 2'],
  [
    'an element that could not be delivered',
    [{ id: 4, document: 'a', n: 3 }, ...right.slice(1)],
    'a has revision 3 instead of 2',
  ],
  ['a document of nobody', [...right, { id: 9, document: 'c', n: 1 }], 'c was never in the input'],
  ['a document that is there twice', [...right, ...right.slice(1)], 'b is there twice'],
])('%s is seen', (_what, stored, wrong) => {
  expect(compareDocuments(lines, stored)).toEqual([wrong]);
});

test.each([
  [
    'a letter that is lost',
    letters.slice(1),
    'element 4, which does not fit, is not among the dead letters: it is lost',
  ],
  ['a letter that is there twice', [...letters, letters[0]], 'element 4 is among the dead letters twice'],
  [
    'a letter of a good element',
    [...letters, { id: 1, flaw: 'does not fit' as const }],
    'element 1 is among the dead letters as one that does not fit',
  ],
])('%s is seen', (_what, found, wrong) => {
  expect(compareLetters(lines, found)).toEqual([wrong]);
});

test.each([
  [
    'a document that goes back',
    [{ id: 1, document: 'a', n: 1 }, ...right.slice(1)],
    'a went back from revision 2 to 1',
  ],
  ['a document that goes away', right.slice(0, 1), 'b is gone'],
  [
    'what was never in the input',
    [{ id: 1, document: 'a', n: 2 }, ...right.slice(1)],
    'a never had revision 2 by element 1',
  ],
])('%s is seen', (_what, now, wrong) => {
  expect(comparePast(lines, right, now)).toEqual([wrong]);
});

test('an input has flaws of both kinds only where it is to have some', () => {
  const spec = { seed: 1, splits: 3, perSplit: 300 };
  const flaws = new Set(allLines({ ...spec, poison: true }).map(({ flaw }) => flaw));
  expect(flaws).toEqual(new Set([undefined, 'does not decode', 'does not fit']));
  expect(allLines({ ...spec, poison: false }).every(({ flaw }) => flaw === undefined)).toBe(true);
});
