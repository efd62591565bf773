import type { CheckpointLease } from '@sluice/connector-sdk';
import type { PreparedCommittable, PreparedSink } from '../stream/barrier.js';

/** What a sink owes: committables in the order in which they must be committed. */
export interface OwedCommits {
  readonly sink: PreparedSink;
  readonly committables: readonly PreparedCommittable[];
}

/** Committables of one sink together, in order. */
export function mergeOwed(owed: readonly OwedCommits[]): OwedCommits[] {
  const bySink = new Map<string, OwedCommits>();
  for (const { sink, committables } of owed) {
    const before = bySink.get(sink.uid)?.committables ?? [];
    bySink.set(sink.uid, { sink, committables: [...before, ...committables] });
  }
  return [...bySink.values()];
}

/** Those that a lease can take into the transaction of its publication. */
export function joining(lease: CheckpointLease, owed: readonly OwedCommits[]): readonly OwedCommits[] {
  const { resource } = lease;
  if (resource === undefined) return [];
  return owed.filter(({ sink, committables }) => committables.length > 0 && sink.joins?.resource === resource);
}

/** Publishes a checkpoint together with the rows of the sinks that join it. */
export async function publishTogether(
  lease: CheckpointLease,
  checkpoint: number,
  manifest: Uint8Array,
  joined: readonly OwedCommits[],
): Promise<void> {
  if (joined.length === 0) return lease.publish(checkpoint, manifest);
  await lease.publish(checkpoint, manifest, async (transaction) => {
    // One after the other: they share one connection.
    for (const { sink, committables } of joined) await sink.joins?.commitWithin(transaction, committables);
  });
}
