import { describe, expect, it } from 'vitest';
import { killPlan } from './kill-plan.js';

describe('killPlan', () => {
  it('is the same for the same seed and another for another', () => {
    expect(killPlan(5, 7)).toEqual(killPlan(5, 7));
    expect(killPlan(5, 7)).not.toEqual(killPlan(5, 8));
    expect(killPlan(0, 7)).toEqual([]);
  });

  it('spreads the kills over the run, around checkpoints and elsewhere', () => {
    for (let seed = 0; seed < 200; seed++) {
      const plan = killPlan(5, seed);
      for (const [index, { from, delay }] of plan.entries()) {
        expect(from).toBeGreaterThanOrEqual((index / 5) * 0.9);
        expect(from).toBeLessThan(((index + 1) / 5) * 0.9);
        expect(delay).toBeGreaterThanOrEqual(0);
      }
      expect(new Set(plan.map(({ moment }) => moment)).size).toBe(3);
    }
  });
});
