import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { expect, test } from 'vitest';
import { murmur2 } from './murmur2.js';

test.each([
  // Of UtilsTest of Kafka itself.
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('%s hashes as in Java', (key, hash) => expect(murmur2(Buffer.from(key))).toBe(hash));

test('chooses the partition that the client library chooses', () => {
  const partitioner = kafkajs.Partitioners.DefaultPartitioner();
  const partitionMetadata = Array.from({ length: 7 }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      const key = Buffer.from(bytes);
      const expected = partitioner({ topic: 't', partitionMetadata, message: { key, value: null } });
      expect((murmur2(key) & 0x7fff_ffff) % 7).toBe(expected);
    }),
  );
});
