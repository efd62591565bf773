import { describe, expect, it } from 'vitest';
import { knownOrder } from './known-order.js';

describe('knownOrder', () => {
  it('goes by scheduled time plus delay, then by row number', () => {
    const minute = Int32Array.of(100, 50, 60, 100, 10);
    const delay = Int32Array.of(-10, 40, 31, -11, 80);
    expect([...knownOrder({ rows: 5, minute, delay })]).toEqual([3, 0, 1, 4, 2]);
  });

  it('answers nothing for nothing', () => {
    expect([...knownOrder({ rows: 0, minute: new Int32Array(), delay: new Int32Array() })]).toEqual([]);
  });
});
