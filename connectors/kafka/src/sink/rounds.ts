const LARGEST_REQUEST = 8 * 1024 * 1024;

interface Sized {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Uint8Array;
}

/** What is sent together: at most one batch of each partition, so that each stays as large as it is, and in order. */
export function* rounds<B extends Sized>(batches: readonly B[]): Generator<readonly B[]> {
  const queues = new Map<string, B[]>();
  for (const batch of batches) {
    const name = `${batch.topic}/${batch.partition}`;
    const queue = queues.get(name);
    if (queue === undefined) queues.set(name, [batch]);
    else queue.push(batch);
  }
  for (let turn = 0; queues.size > 0; turn++) {
    let round: B[] = [];
    let bytes = 0;
    for (const [name, queue] of queues) {
      const batch = queue[turn];
      if (batch === undefined) {
        queues.delete(name);
        continue;
      }
      if (round.length > 0 && bytes + batch.bytes.length > LARGEST_REQUEST) {
        yield round;
        round = [];
        bytes = 0;
      }
      round.push(batch);
      bytes += batch.bytes.length;
    }
    if (round.length > 0) yield round;
  }
}
