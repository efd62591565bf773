import murmurhash from 'murmurhash';
import { describe, expect, it } from 'vitest';
import { canonicalBytes } from './canonical-key.js';
import { keyGroup, keyGroupRange, subtaskOf } from './key-group.js';

describe('key groups', () => {
  // The reference values of MurmurHash3_x86_32.
  it.each([
    ['', 0, 0],
    ['', 1, 0x514e28b7],
    ['test', 0, 0xba6bd213],
    ['Hello, world!', 0, 0xc0363e43],
    ['The quick brown fox jumps over the lazy dog', 0, 0x2e4ff723],
    ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
  ])('the hash of %j with seed %d', (text, seed, expected) => {
    expect(murmurhash.v3(new TextEncoder().encode(text), seed)).toBe(expected);
  });

  it('stay what they were: checkpoints have them', () => {
    const groups = ['a', 1, -1, 1.5, 1n, true, [1, 'a'], { a: 1 }].map((key) => keyGroup(canonicalBytes(key), 128));
    expect(groups).toMatchInlineSnapshot(`
      [
        31,
        107,
        6,
        84,
        68,
        31,
        106,
        52,
      ]
    `);
  });

  it.each([
    [1, 128],
    [3, 128],
    [7, 128],
    [128, 128],
    [5, 32_768],
  ])('each belongs to one of %d subtasks of %d groups', (parallelism, maxParallelism) => {
    let next = 0;
    for (let subtask = 0; subtask < parallelism; subtask++) {
      const { from, to } = keyGroupRange(subtask, parallelism, maxParallelism);
      expect(from).toBe(next);
      next = to + 1;
      for (const group of [from, to]) expect(subtaskOf(group, parallelism, maxParallelism)).toBe(subtask);
    }
    expect(next).toBe(maxParallelism);
  });
});
