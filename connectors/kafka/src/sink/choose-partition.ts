import type { EncodedRecord } from './encoded-record.js';
import { murmur2 } from './murmur2.js';
import type { TopicInfo } from './topic-info.js';

/** Records without a key that go to one partition before the next one has its turn: one by one, each batch would be small. */
const TURN = 100;

/** Where records go. */
export class PartitionChooser<T> {
  private readonly keyless = new Map<string, number>();

  constructor(private readonly own: ((value: T, partitions: number) => number) | undefined) {}

  /** Undefined: the user's function answered with something that is none of the topic's. */
  choose({ topic, partitions }: TopicInfo, value: T, { key }: EncodedRecord): number | undefined {
    const count = partitions.length;
    if (this.own !== undefined) return partitions[this.own(value, count)];
    if (key !== null) return partitions[(murmur2(key) & 0x7fff_ffff) % count];
    // Writers that begin together do not all begin with the first partition.
    const before = this.keyless.get(topic) ?? Math.floor(Math.random() * count) * TURN;
    this.keyless.set(topic, before + 1);
    return partitions[Math.floor(before / TURN) % count];
  }
}
