import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZE, type Claim, claimBlock, ownerOfVersion, type Registration } from './claim.js';

const fresh = { again: false, floor: 0 };
const granted = (claim: Claim) => {
  if (claim.kind !== 'granted') throw new Error(claim.kind);
  return claim;
};

describe('a claim of versions', () => {
  test('every block is above all before it, whoever claims in whatever order; all are exact', () => {
    const start = fc.record({
      incarnation: fc.constantFrom('a', 'b', 'c'),
      epoch: fc.integer({ min: 1, max: 5 }),
      again: fc.boolean(),
      floor: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER })),
    });
    fc.assert(
      fc.property(fc.array(start, { maxLength: 30 }), (starts) => {
        let found: Registration | undefined;
        let highest = 0;
        for (const one of starts) {
          const claim = claimBlock(found, one);
          if (claim.kind !== 'granted') continue;
          expect(claim.block.first).toBeGreaterThan(highest);
          expect(claim.block.last - claim.block.first).toBe(BLOCK_SIZE - 1);
          expect(Number.isSafeInteger(claim.block.last)).toBe(true);
          expect(Number.isSafeInteger(claim.registration.next)).toBe(true);
          highest = claim.block.last;
          found = claim.registration;
        }
      }),
    );
  });

  test('an older epoch of the same incarnation is fenced, a new incarnation is not', () => {
    const { registration } = granted(claimBlock(undefined, { incarnation: 'a', epoch: 5, ...fresh }));
    expect(claimBlock(registration, { incarnation: 'a', epoch: 4, ...fresh }).kind).toBe('fenced');
    expect(claimBlock(registration, { incarnation: 'a', epoch: 5, ...fresh }).kind).toBe('granted');
    expect(claimBlock(registration, { incarnation: 'a', epoch: 6, ...fresh }).kind).toBe('granted');
    expect(claimBlock(registration, { incarnation: 'b', epoch: 1, ...fresh }).kind).toBe('granted');
  });

  test('a run that has been superseded gets no further block, whoever came', () => {
    const again = { incarnation: 'a', epoch: 5, again: true, floor: 0 };
    const after = (incarnation: string, epoch: number) => ({ incarnation, epoch, next: 100 });
    expect(claimBlock(after('a', 5), again).kind).toBe('granted');
    expect(claimBlock(after('a', 6), again).kind).toBe('fenced');
    expect(claimBlock(after('b', 1), again).kind).toBe('fenced');
  });

  test('the bound of 2^53 is refused, never passed', () => {
    const at = (next: number) =>
      claimBlock({ incarnation: 'a', epoch: 1, next }, { incarnation: 'a', epoch: 2, ...fresh });
    expect(granted(at(2 ** 53 - BLOCK_SIZE - 1)).registration.next).toBe(Number.MAX_SAFE_INTEGER);
    expect(at(2 ** 53 - BLOCK_SIZE).kind).toBe('usedUp');
    expect(at(Number.MAX_SAFE_INTEGER).kind).toBe('usedUp');
  });

  test('one start a second reaches it after more than 200 years', () => {
    expect(2 ** 53 / BLOCK_SIZE / 86_400 / 365).toBeGreaterThan(200);
  });
});

test('whose a higher version is', () => {
  const me = { incarnation: 'a', epoch: 2 };
  const found = (incarnation: string, epoch: number) => ({ incarnation, epoch, next: 100 });
  expect(ownerOfVersion(found('a', 2), me, 99)).toBe('ours');
  expect(ownerOfVersion(found('a', 2), me, undefined)).toBe('ours');
  expect(ownerOfVersion(found('a', 2), me, 100)).toBe('stranger');
  expect(ownerOfVersion(found('a', 3), me, 99)).toBe('later run');
  expect(ownerOfVersion(found('b', 1), me, 99)).toBe('later run');
  expect(ownerOfVersion(undefined, me, 99)).toBe('stranger');
});
