import murmurhash from 'murmurhash';

/** Key groups that one subtask owns; both ends belong to it. */
export interface KeyGroupRange {
  readonly from: number;
  readonly to: number;
}

/** The most key groups there can be. */
export const MAX_KEY_GROUPS = 32_768;

/** The key group of a key: murmur3 (32 bits, seed 0) of its canonical bytes modulo the maximal parallelism. */
export function keyGroup(canonical: Uint8Array, maxParallelism: number): number {
  return murmurhash.v3(canonical, 0) % maxParallelism;
}

/** The subtask that owns a key group. */
export function subtaskOf(group: number, parallelism: number, maxParallelism: number): number {
  return Math.floor((group * parallelism) / maxParallelism);
}

/** The key groups that a subtask owns. */
export function keyGroupRange(subtask: number, parallelism: number, maxParallelism: number): KeyGroupRange {
  return {
    from: Math.ceil((subtask * maxParallelism) / parallelism),
    to: Math.floor(((subtask + 1) * maxParallelism - 1) / parallelism),
  };
}
