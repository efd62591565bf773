import type { Clock } from '@sluice/connector-sdk';
import { type KafkaAdmin, openAdmin } from '../client/admin.js';
import type { KafkaConnection } from '../client/connection.js';
import { failureOf } from '../client/failure-of.js';
import { type KafkaLog, openLog } from '../client/kafka-log.js';
import { type TopicInfo, topicInfo } from './topic-info.js';

/** Partitions are added and settings changed while a job runs. */
const FRESH_FOR = 5 * 60_000;
const ASKED_AGAIN = 10_000;

/** What is known of topics: at once for those that were looked up before. */
export class TopicCatalog {
  private readonly known = new Map<string, { readonly info: TopicInfo; readonly until: number }>();
  private readonly looking = new Map<string, Promise<TopicInfo | undefined>>();
  private log: Promise<KafkaLog> | undefined;
  private admin: Promise<KafkaAdmin> | undefined;

  constructor(
    private readonly connection: KafkaConnection,
    private readonly clock: Clock,
  ) {}

  /** Undefined: not known, or not any more; `load` finds out. */
  get(topic: string): TopicInfo | undefined {
    const entry = this.known.get(topic);
    return entry !== undefined && this.clock.now() < entry.until ? entry.info : undefined;
  }

  /** Undefined: there is no such topic. @throws KafkaFailure */
  load(topic: string): Promise<TopicInfo | undefined> {
    const before = this.looking.get(topic);
    if (before !== undefined) return before;
    const lookup = this.lookUp(topic).finally(() => this.looking.delete(topic));
    this.looking.set(topic, lookup);
    return lookup;
  }

  async close(): Promise<void> {
    const clients = [this.log, this.admin];
    this.log = undefined;
    this.admin = undefined;
    await Promise.allSettled(clients.map(async (client) => (await client)?.close()));
  }

  private async lookUp(topic: string): Promise<TopicInfo | undefined> {
    try {
      const partitions = await (await this.openedLog()).partitions(topic);
      const info = topicInfo(topic, partitions, await this.configOf(topic));
      this.known.set(topic, { info, until: this.clock.now() + FRESH_FOR });
      return info;
    } catch (error) {
      if (failureOf(error).kind !== 'unknown-topic') return this.stale(topic, error);
      this.known.delete(topic);
      return undefined;
    }
  }

  /** What is known is good enough while nobody answers. */
  private stale(topic: string, error: unknown): TopicInfo {
    const entry = this.known.get(topic);
    if (entry === undefined) throw error;
    this.known.set(topic, { ...entry, until: this.clock.now() + ASKED_AGAIN });
    return entry.info;
  }

  /** A user who may write need not be one who may see settings. */
  private async configOf(topic: string): Promise<ReadonlyMap<string, string>> {
    try {
      return await (await this.openedAdmin()).topicConfig(topic);
    } catch (error) {
      if (failureOf(error).kind !== 'authorization') throw error;
      return new Map();
    }
  }

  /** What could not be opened is tried again next time. */
  private openedLog(): Promise<KafkaLog> {
    this.log ??= openLog(this.connection, 'read-uncommitted').catch((error) => {
      this.log = undefined;
      throw error;
    });
    return this.log;
  }

  private openedAdmin(): Promise<KafkaAdmin> {
    this.admin ??= openAdmin(this.connection).catch((error) => {
      this.admin = undefined;
      throw error;
    });
    return this.admin;
  }
}
