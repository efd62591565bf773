/** A partition, and what was settled about it when it was first seen. It is kept in checkpoints. */
export interface KafkaSplit {
  readonly topic: string;
  readonly partition: number;
  /** The first offset to read. */
  readonly start: bigint;
  /** Where to end, exclusive. Absent: it does not. */
  readonly end?: bigint;
}

/** The id of a partition's split. */
export function splitId(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
