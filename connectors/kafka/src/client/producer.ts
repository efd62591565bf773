import type { CompressionTypes, Message, Producer, RecordMetadata, Transaction } from 'kafkajs';
import kafkajs from 'kafkajs';
import type { CompressionName } from '../compression/compression-codec.js';
import { COMPRESSION_TYPES } from '../compression/register-codecs.js';
import type { KafkaConnection } from './connection.js';
import { KafkaFailure } from './kafka-failure.js';
import { translated } from './translate.js';

/** A record to write. The partition is always told: who writes decides. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: Readonly<Record<string, Uint8Array | readonly Uint8Array[]>> | undefined;
  /** Epoch milliseconds; left out: now, by this machine's clock. */
  readonly timestamp?: number | undefined;
}

/** Writes records. After a failure of a transaction it is of no more use: close it and open another. */
export interface KafkaProducer {
  /** Resolves when all replicas in sync have them. */
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Begins a transaction. Only of a producer with a `transactionalId`, one at a time. */
  transaction(): Promise<KafkaTransaction>;
  close(): Promise<void>;
}

export interface KafkaTransaction {
  send(records: readonly OutgoingRecord[]): Promise<void>;
  /** Uncompressed, whatever the producer's compression is. */
  sendPlain(records: readonly OutgoingRecord[]): Promise<void>;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface ProducerOptions {
  readonly compression?: CompressionName | undefined;
  /** The broker drops repeats of a send that was answered too late. */
  readonly idempotent?: boolean | undefined;
  /** Fences earlier producers with the same id when it first begins a transaction. */
  readonly transactionalId?: string | undefined;
  /** Milliseconds after which the broker aborts a transaction that nobody ends. */
  readonly transactionTimeout?: number | undefined;
}

/** @throws KafkaFailure, as every method does */
export function openProducer({ kafka }: KafkaConnection, options: ProducerOptions): Promise<KafkaProducer> {
  const { compression, idempotent = false, transactionalId, transactionTimeout } = options;
  return translated(async () => {
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => told,
      // More in flight, and a repeated send could overtake a later one.
      ...(idempotent || transactionalId !== undefined ? { idempotent: true, maxInFlightRequests: 1 } : {}),
      ...(transactionalId === undefined ? {} : { transactionalId }),
      ...(transactionTimeout === undefined ? {} : { transactionTimeout }),
    });
    await producer.connect();
    const codec = compression === undefined ? kafkajs.CompressionTypes.None : COMPRESSION_TYPES[compression];
    return {
      send: (records) => send(producer, records, codec),
      transaction: () =>
        translated(async () => {
          const transaction = await producer.transaction();
          return {
            send: (records) => send(transaction, records, codec),
            sendPlain: (records) => send(transaction, records, kafkajs.CompressionTypes.None),
            commit: () => translated(() => transaction.commit()),
            abort: () => translated(() => transaction.abort()),
          };
        }),
      close: () => translated(() => producer.disconnect()),
    };
  });
}

function told({ message }: { readonly message: Message }): number {
  return message.partition ?? 0;
}

async function send(
  sender: Producer | Transaction,
  records: readonly OutgoingRecord[],
  compression: CompressionTypes,
): Promise<void> {
  if (records.length === 0) return;
  const topics = new Map<string, Message[]>();
  for (const { topic, partition, key, value, headers, timestamp } of records) {
    const messages = topics.get(topic) ?? [];
    topics.set(topic, messages);
    messages.push({
      partition,
      key: bufferOf(key),
      value: bufferOf(value),
      ...(headers === undefined ? {} : { headers: headersOf(headers) }),
      ...(timestamp === undefined ? {} : { timestamp: `${timestamp}` }),
    });
  }
  const topicMessages = [...topics].map(([topic, messages]) => ({ topic, messages: grouped(messages) }));
  const answers = await translated(() => sender.sendBatch({ acks: -1, compression, topicMessages }));
  requireAnswers(records, answers);
}

/**
 * kafkajs groups messages by partition with `reduce`, and copies a partition's list once for each message of it: half of the time of a
 * send of a thousand. The answer is given to it.
 */
function grouped(messages: Message[]): Message[] {
  const partitions: Record<number, Message[]> = {};
  for (const message of messages) {
    const partition = message.partition ?? 0;
    const list = partitions[partition];
    if (list === undefined) partitions[partition] = [message];
    else list.push(message);
  }
  return Object.defineProperty(messages, 'reduce', { value: () => partitions });
}

/**
 * kafkajs passes over a partition whose leader moved, between two tries, to a broker that had answered the first one: its records are
 * not sent, and the call resolves. Only the missing answer tells.
 */
function requireAnswers(records: readonly OutgoingRecord[], answers: readonly RecordMetadata[]): void {
  const written = new Set(
    answers.filter(({ errorCode }) => errorCode === 0).map(({ topicName, partition }) => `${topicName}/${partition}`),
  );
  for (const { topic, partition } of records) {
    if (written.has(`${topic}/${partition}`)) continue;
    throw new KafkaFailure({ kind: 'broker', type: 'PARTITION_NOT_WRITTEN', retriable: true, topic, partition });
  }
}

function headersOf(headers: NonNullable<OutgoingRecord['headers']>): Record<string, Buffer | Buffer[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? viewOf(value) : value.map((one) => viewOf(one)),
    ]),
  );
}

function bufferOf(bytes: Uint8Array | null): Buffer | null {
  return bytes === null ? null : viewOf(bytes);
}

function viewOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
