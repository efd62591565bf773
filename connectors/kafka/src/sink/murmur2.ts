const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** The hash of a key by which Java's producers choose a partition: Austin Appleby's MurmurHash2 with Kafka's seed, as a 32-bit integer. */
export function murmur2(key: Uint8Array): number {
  const { length } = key;
  let hash = (SEED ^ length) | 0;
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    const word =
      (key[at] as number) |
      ((key[at + 1] as number) << 8) |
      ((key[at + 2] as number) << 16) |
      ((key[at + 3] as number) << 24);
    let k = Math.imul(word, M);
    k ^= k >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(k, M);
  }
  const rest = length - at;
  if (rest > 0) {
    if (rest === 3) hash ^= (key[at + 2] as number) << 16;
    if (rest >= 2) hash ^= (key[at + 1] as number) << 8;
    hash = Math.imul(hash ^ (key[at] as number), M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
