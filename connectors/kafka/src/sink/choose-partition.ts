import type { EncodedRecord } from './encoded-record.js';
import { murmur2 } from './murmur2.js';
import type { TopicInfo } from './topic-info.js';

/** Where records without a key go: one partition after the other, changed by `next` when a batch is full. */
export class PartitionChooser<T> {
  private readonly turns = new Map<string, number>();

  constructor(private readonly own: ((value: T, partitions: number) => number) | undefined) {}

  /** Undefined: the user's function answered with something that is none of the topic's. */
  choose({ topic, partitions }: TopicInfo, value: T, { key }: EncodedRecord): number | undefined {
    const count = partitions.length;
    if (this.own !== undefined) return partitions[this.own(value, count)];
    if (key !== null) return partitions[(murmur2(key) & 0x7fff_ffff) % count];
    return partitions[this.turn(topic) % count];
  }

  /** What follows goes to another partition. */
  next(topic: string): void {
    this.turns.set(topic, this.turn(topic) + 1);
  }

  private turn(topic: string): number {
    const turn = this.turns.get(topic);
    if (turn !== undefined) return turn;
    // Writers that begin together do not all begin with the first partition.
    const first = Math.floor(Math.random() * 0xffff);
    this.turns.set(topic, first);
    return first;
  }
}
