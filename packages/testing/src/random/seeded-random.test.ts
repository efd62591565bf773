import { describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';

const take = (random: SeededRandom, count: number) => Array.from({ length: count }, () => random.next());

describe('SeededRandom', () => {
  it('gives the same for the same seed and something else for another', () => {
    expect(take(new SeededRandom(7), 20)).toEqual(take(new SeededRandom(7), 20));
    expect(take(new SeededRandom(7), 20)).not.toEqual(take(new SeededRandom(8), 20));
    expect(take(new SeededRandom(7).fork(), 5)).toEqual(take(new SeededRandom(7).fork(), 5));
  });

  it('spreads over its range', () => {
    const random = new SeededRandom(1);
    const rolls = Array.from({ length: 6000 }, () => random.int(1, 6));
    for (const side of [1, 2, 3, 4, 5, 6]) {
      expect(rolls.filter((roll) => roll === side).length).toBeGreaterThan(850);
    }
    expect(random.pick(['only'])).toBe('only');
    expect([random.chance(0), random.chance(1)]).toEqual([false, true]);
  });

  it('begins differently for neighbouring seeds', () => {
    const first = Array.from({ length: 100 }, (_, seed) => new SeededRandom(seed).int(0, 9));
    expect(new Set(first).size).toBe(10);
  });
});
