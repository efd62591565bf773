import { once } from 'node:events';
import kafkajs, { type Admin, type Kafka } from 'kafkajs';

/** Asked often, so a refusal is answered by asking soon again: kafkajs' own pauses grow to half a minute. */
const retry = { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10 };

/** An example's topic, seen by somebody else. */
export class TopicOutside {
  private constructor(
    private readonly kafka: Kafka,
    private readonly admin: Admin,
    private readonly name: string,
  ) {}

  static async open(endpoint: string, name: string): Promise<TopicOutside> {
    const kafka = new kafkajs.Kafka({ brokers: endpoint.split(','), logLevel: kafkajs.logLevel.NOTHING, retry });
    const admin = kafka.admin();
    await admin.connect();
    return new TopicOutside(kafka, admin, name);
  }

  /** How many records the checkpoints of the example cover. */
  async covered(): Promise<number> {
    const of = await this.admin.fetchOffsets({ groupId: this.name, topics: [this.name] }).catch(() => []);
    return (of[0]?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
  }

  async size(): Promise<number> {
    return (await this.admin.fetchTopicOffsets(this.name)).reduce((sum, { high }) => sum + Number(high), 0);
  }

  /** The values of all records, of each partition in order. */
  async values(): Promise<Map<number, string[]>> {
    const ends = await this.admin.fetchTopicOffsets(this.name);
    const values = new Map(ends.map(({ partition }) => [partition, [] as string[]]));
    let missing = await this.size();
    const groupId = `${this.name}-judge-${Date.now()}`;
    const consumer = this.kafka.consumer({ groupId });
    await consumer.connect();
    try {
      await consumer.subscribe({ topic: this.name, fromBeginning: true });
      const all = new AbortController();
      await consumer.run({
        async eachMessage({ partition, message }) {
          values.get(partition)?.push(String(message.value));
          if (--missing === 0) all.abort();
        },
      });
      if (!all.signal.aborted) await once(all.signal, 'abort');
    } finally {
      await consumer.disconnect();
    }
    await this.admin.deleteGroups([groupId]);
    return values;
  }

  async remove(): Promise<void> {
    await this.admin.deleteTopics({ topics: [this.name] }).catch(() => undefined);
    await this.admin.deleteGroups([this.name]).catch(() => undefined);
    await this.admin.disconnect();
  }
}
