import type { Clock, Logger } from '@sluice/connector-sdk';
import type { KafkaConnection } from '../client/connection.js';
import { failureOf } from '../client/failure-of.js';
import { type GroupMember, type GroupOffset, joinGroup } from '../client/group-member.js';
import type { KafkaFailure } from '../client/kafka-failure.js';

export interface GroupSessionSettings {
  readonly group: string;
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
  readonly rebalanceTimeout: number;
  readonly retryFor: number;
}

export interface GroupPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What the source does about its group. */
export interface GroupEvents {
  /** Which partitions are this member's from now on, by topic. */
  assigned(partitions: ReadonlyMap<string, readonly number[]>): void;
  rebalancing(): void;
  /** The group cannot be joined, and waiting does not help or has not helped. */
  failed(failure: KafkaFailure): void;
  /** Why this user may not use the group, if so: failures to join do not always tell. */
  refusal(): Promise<KafkaFailure | undefined>;
}

/** Milliseconds in which topics that are named one after another are taken together. */
const GATHERING = 50;
const FIRST_BACKOFF = 200;
const LONGEST_BACKOFF = 5_000;
/** Milliseconds that publishing positions may hold up the checkpoint after it. */
const COMMITTING = 1_000;

/**
 * Membership in the job's group: kept over lost coordinators, made anew for other partitions, and used to commit offsets.
 *
 * Reading never waits for it. Positions are the checkpoint's, so a source may read what is its own by the last word of the group, or
 * everything as long as there has been none, such as while the group waits for a member that was killed.
 */
export class GroupSession {
  readonly #settings: GroupSessionSettings;
  readonly #connect: () => KafkaConnection;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #events: GroupEvents;
  readonly #ended = new AbortController();
  #wanted: readonly GroupPartition[] = [];
  /** The partitions that there were when the member was made: it is given no others. */
  #joined = '';
  #subscribing: Promise<void> | undefined;
  #member: GroupMember | undefined;
  #mine: ReadonlyMap<string, ReadonlySet<number>> | undefined;
  #failures = 0;
  #failingSince: number | undefined;
  #pending = new Map<string, GroupOffset>();
  #committing: Promise<void> | undefined;
  #settled: () => void = () => {};

  constructor(
    connect: () => KafkaConnection,
    settings: GroupSessionSettings,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
    events: GroupEvents,
  ) {
    this.#connect = connect;
    this.#settings = settings;
    this.#clock = clock;
    this.#logger = logger;
    this.#events = events;
  }

  /** The partitions to be a member for; joins, or joins anew when there are others than before: a group looks for new ones only now and then. */
  subscribe(partitions: readonly GroupPartition[]): void {
    this.#wanted = partitions;
    this.#subscribing ??= this.#clock
      .sleep(GATHERING, this.#ended.signal)
      .then(() => this.#change())
      .catch(() => {})
      .finally(() => {
        this.#subscribing = undefined;
      });
  }

  /** Is in the group, and knows what is its own. */
  get joined(): boolean {
    return this.#mine !== undefined;
  }

  /** Commits offsets, newer ones in place of older; those that cannot be committed yet, once the group has been joined. */
  async commit(offsets: readonly GroupOffset[]): Promise<void> {
    for (const offset of offsets) this.#pending.set(`${offset.topic}/${offset.partition}`, offset);
    await this.#within(this.#flush(), COMMITTING);
  }

  /** Commits what is left, waiting for the group for at most `patience` milliseconds, and leaves it. */
  async close(patience: number): Promise<void> {
    if (this.#pending.size > 0) {
      if (!this.joined) {
        await this.#within(
          new Promise<void>((resolve) => {
            this.#settled = resolve;
          }),
          patience,
        );
      }
      await this.#within(this.#flush(), COMMITTING);
      if (this.#pending.size > 0) this.#logger.warn({ group: this.#settings.group }, 'offsets were not committed');
    }
    this.#ended.abort();
    const member = this.#member;
    this.#member = undefined;
    await member?.close();
  }

  async #change(): Promise<void> {
    while (idsOf(this.#wanted) !== this.#joined && !this.#ended.signal.aborted) {
      this.#joined = idsOf(this.#wanted);
      const before = this.#member;
      this.#member = undefined;
      await before?.close();
      if (!this.#ended.signal.aborted) this.#join();
    }
  }

  #join(): void {
    const member: GroupMember = joinGroup(this.#connect(), {
      ...this.#settings,
      topics: [...new Set(this.#wanted.map(({ topic }) => topic))].sort(),
      assigned: (partitions) => {
        if (this.#member !== member) return;
        this.#failures = 0;
        this.#failingSince = undefined;
        this.#mine = new Map([...partitions].map(([topic, ids]) => [topic, new Set(ids)]));
        this.#events.assigned(partitions);
        this.#settled();
        void this.#flush();
      },
      rebalancing: () => {
        if (this.#member === member) this.#events.rebalancing();
      },
      failed: (failure) => {
        if (this.#member === member) void this.#rejoin(failure);
      },
    });
    this.#member = member;
  }

  async #rejoin(told: KafkaFailure): Promise<void> {
    this.#member = undefined;
    this.#mine = undefined;
    const failure = (await this.#events.refusal()) ?? told;
    if (this.#ended.signal.aborted) return;
    const now = this.#clock.now();
    this.#failingSince ??= now;
    if (!failure.retriable || now - this.#failingSince > this.#settings.retryFor) {
      this.#settled();
      this.#events.failed(failure);
      return;
    }
    const { kind, type } = failure;
    this.#logger.warn({ group: this.#settings.group, kind, type }, 'out of the consumer group; joining again');
    const backoff = Math.min(FIRST_BACKOFF * 2 ** this.#failures++, LONGEST_BACKOFF);
    await this.#clock.sleep(backoff, this.#ended.signal).catch(() => {});
    if (!this.#ended.signal.aborted && this.#member === undefined) this.#join();
  }

  /** One commit at a time; resolves when there is nothing more to commit, or when committing has failed. */
  #flush(): Promise<void> {
    this.#committing ??= this.#commitAll().finally(() => {
      this.#committing = undefined;
    });
    return this.#committing;
  }

  async #commitAll(): Promise<void> {
    for (;;) {
      const member = this.#member;
      const mine = this.#mine;
      if (member === undefined || mine === undefined) return;
      const taken = this.#pending;
      this.#pending = new Map();
      // Offsets of partitions that were given to somebody else are theirs to commit.
      const offsets = [...taken.values()].filter(({ topic, partition }) => mine.get(topic)?.has(partition));
      if (offsets.length === 0) return;
      try {
        await member.commit(offsets);
      } catch (error) {
        const { kind, type } = failureOf(error);
        this.#logger.debug({ group: this.#settings.group, kind, type }, 'offsets are committed later');
        for (const [id, offset] of taken) if (!this.#pending.has(id)) this.#pending.set(id, offset);
        return;
      }
    }
  }

  async #within(work: Promise<void>, ms: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([work, this.#clock.sleep(ms, timer.signal).catch(() => {})]);
    timer.abort();
  }
}

function idsOf(partitions: readonly GroupPartition[]): string {
  return partitions
    .map(({ topic, partition }) => `${topic}/${partition}`)
    .sort()
    .join();
}
