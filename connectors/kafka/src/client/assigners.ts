import type { Assigner, Cluster, PartitionAssigner } from 'kafkajs';
import kafkajs from 'kafkajs';

const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;

interface Member {
  readonly memberId: string;
  readonly topics: readonly string[];
}

/** Which partitions each member of the group is to read. */
type Assign = (members: readonly Member[], partitions: ReadonlyMap<string, readonly number[]>) => Shares;

type Shares = Map<string, Map<string, number[]>>;

/**
 * The ways to share partitions that a source can agree on, best first. Among themselves sources share nothing: each one reads all of its
 * topics, as its positions are its own. The others are there so that strangers, who know nothing of ours, can be in the group.
 */
export const assigners: readonly PartitionAssigner[] = [
  assigner('SluiceAll', everyMemberAll),
  assigner('RoundRobinAssigner', roundRobin),
  assigner('range', range),
  assigner('roundrobin', roundRobin),
];

/** Each member gets every partition of its topics. */
export function everyMemberAll(members: readonly Member[], partitions: ReadonlyMap<string, readonly number[]>): Shares {
  return new Map(
    members.map(({ memberId, topics }) => [
      memberId,
      new Map(topics.map((topic) => [topic, [...(partitions.get(topic) ?? [])]])),
    ]),
  );
}

/** One after another, over all topics, among the members that want the topic. */
export function roundRobin(members: readonly Member[], partitions: ReadonlyMap<string, readonly number[]>): Shares {
  const shares: Shares = new Map(members.map(({ memberId }) => [memberId, new Map()]));
  const sorted = byId(members);
  let turn = 0;
  for (const [topic, ids] of [...partitions].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!sorted.some(({ topics }) => topics.includes(topic))) continue;
    for (const partition of ids) {
      while (!sorted[turn % sorted.length]?.topics.includes(topic)) turn++;
      give(shares, sorted[turn % sorted.length], topic, partition);
      turn++;
    }
  }
  return shares;
}

/** Per topic: neighbouring partitions to each member, the first ones getting one more. */
export function range(members: readonly Member[], partitions: ReadonlyMap<string, readonly number[]>): Shares {
  const shares: Shares = new Map(members.map(({ memberId }) => [memberId, new Map()]));
  for (const [topic, ids] of partitions) {
    const takers = byId(members).filter(({ topics }) => topics.includes(topic));
    const each = Math.floor(ids.length / takers.length);
    const more = ids.length % takers.length;
    let next = 0;
    for (const [index, member] of takers.entries()) {
      const until = next + each + (index < more ? 1 : 0);
      for (; next < until; next++) give(shares, member, topic, ids[next] as number);
    }
  }
  return shares;
}

function give(shares: Shares, member: Member | undefined, topic: string, partition: number): void {
  const share = member && shares.get(member.memberId);
  if (share === undefined) return;
  const given = share.get(topic) ?? [];
  share.set(topic, given);
  given.push(partition);
}

function byId(members: readonly Member[]): readonly Member[] {
  return [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
}

function assigner(name: string, assign: Assign): PartitionAssigner {
  return ({ cluster }): Assigner => ({
    name,
    version: 0,
    async assign({ members }) {
      const known = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        topics: MemberMetadata.decode(memberMetadata)?.topics ?? [],
      }));
      const topics = [...new Set(known.flatMap(({ topics }) => topics))];
      const shares = assign(known, await partitionsOf(cluster, topics));
      return [...shares].map(([memberId, share]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: 0,
          assignment: Object.fromEntries(share),
          userData: Buffer.alloc(0),
        }),
      }));
    },
    protocol: ({ topics }) => ({
      name,
      metadata: MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
    }),
  });
}

/** Strangers may want topics that we do not read. One that cannot be found is nobody's. */
async function partitionsOf(cluster: Cluster, topics: readonly string[]): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>();
  for (const topic of topics) {
    await cluster.addTargetTopic(topic).catch(() => {});
    const ids = cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    if (ids.length > 0)
      found.set(
        topic,
        ids.sort((a, b) => a - b),
      );
  }
  return found;
}
