import type { PartitionChannel } from './partition-channel.js';

/** One request to one node: partitions that want more. */
export interface NodeRequest {
  readonly node: number;
  readonly channels: readonly PartitionChannel[];
  /** Some partition of the node has a backlog: the broker is not to wait for news of the others. */
  readonly backlog: boolean;
}

/** The node of partitions that have no leader. */
export const NO_NODE = -1;

/** What to ask which node for, leaving out the nodes that have not answered yet. One that wants to be alone goes first, alone. */
export function nodeRequests(
  channels: Iterable<PartitionChannel>,
  leader: (channel: PartitionChannel) => number | undefined,
  busy: (node: number) => boolean,
): NodeRequest[] {
  const nodes = new Map<number, { readonly channels: PartitionChannel[]; backlog: boolean }>();
  for (const channel of channels) {
    const node = leader(channel) ?? NO_NODE;
    if (busy(node)) continue;
    const request = nodes.get(node) ?? { channels: [], backlog: false };
    nodes.set(node, request);
    if (channel.wanted) request.channels.push(channel);
    if (channel.behind) request.backlog = true;
  }
  return [...nodes]
    .filter(([, request]) => request.channels.length > 0)
    .map(([node, { channels: wanted, backlog }]) => {
      const solo = wanted.find((channel) => channel.solo);
      return { node, channels: solo === undefined ? wanted : [solo], backlog: backlog || solo !== undefined };
    });
}
