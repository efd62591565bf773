import kafkajs, { type Admin, type Kafka } from 'kafkajs';

const PARTITIONS = 4;
/** Asked often, so a refusal is answered by asking soon again: kafkajs' own pauses grow to half a minute. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 };

/** The example's topic and its consumer group, seen from outside the job. */
export class Topic {
  private constructor(
    readonly kafka: Kafka,
    private readonly admin: Admin,
    readonly name: string,
  ) {}

  /** The topic is made when it is missing; with `fresh` the old one is removed first, and what its group has committed. */
  static async open(brokers: readonly string[], name: string, fresh: boolean): Promise<Topic> {
    const kafka = new kafkajs.Kafka({
      clientId: name,
      brokers: [...brokers],
      logLevel: kafkajs.logLevel.NOTHING,
      retry: RETRY,
    });
    const admin = kafka.admin();
    await admin.connect();
    const topic = new Topic(kafka, admin, name);
    if (fresh) await topic.remove();
    await topic.make();
    return topic;
  }

  /** How many records it holds: nothing is ever removed from it. */
  async size(): Promise<number> {
    return sum((await this.admin.fetchTopicOffsets(this.name)).map(({ high }) => Number(high)));
  }

  /** How many of them checkpoints cover: positions are committed to the group when a checkpoint is complete. */
  async covered(): Promise<number> {
    const [of] = await this.admin.fetchOffsets({ groupId: this.name, topics: [this.name] });
    return sum((of?.partitions ?? []).map(({ offset }) => Math.max(0, Number(offset))));
  }

  close(): Promise<void> {
    return this.admin.disconnect();
  }

  private async remove(): Promise<void> {
    if ((await this.admin.listTopics()).includes(this.name)) await this.admin.deleteTopics({ topics: [this.name] });
    const { groups } = await this.admin.listGroups();
    if (groups.some(({ groupId }) => groupId === this.name)) await this.admin.deleteGroups([this.name]);
  }

  private async make(): Promise<void> {
    const topics = [{ topic: this.name, numPartitions: PARTITIONS, replicationFactor: 1 }];
    // A topic that was removed is there for a moment longer.
    for (let tries = 0; ; tries++) {
      try {
        await this.admin.createTopics({ topics, waitForLeaders: true });
        return;
      } catch (error) {
        if (tries === 50) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
