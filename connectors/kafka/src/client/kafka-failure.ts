/** What went wrong, as far as somebody has to do something different about it. */
export type FailureKind =
  /** No connection, a lost one, no answer in time. */
  | 'connection'
  | 'tls'
  | 'authentication'
  | 'authorization'
  | 'unknown-topic'
  | 'offset-out-of-range'
  /** The group does not take this member. */
  | 'group'
  /** Another producer with the same transactional id has taken over, or this one can go on no more. */
  | 'fenced'
  | 'too-large'
  /** A batch of more records than kafkajs can decode. */
  | 'batch-overflow'
  /** A batch is compressed by a codec that is not there. */
  | 'codec'
  /** Whatever else the broker answered: look at `type`. */
  | 'broker'
  | 'client';

/**
 * What is kept of an error of kafkajs: names and codes. Messages may quote what a broker or a callback of the user said, so they are
 * not taken over, and the error itself is not the cause of this one.
 */
export class KafkaFailure extends Error {
  readonly kind: FailureKind;
  /** The protocol's name of the error, such as `NOT_LEADER_FOR_PARTITION`; else the code of the operating system or the name of the error. */
  readonly type: string;
  /** The same thing may go well a little later, with nothing changed. */
  readonly retriable: boolean;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  /** `host:port`, when it is known. */
  readonly broker: string | undefined;

  constructor(details: {
    readonly kind: FailureKind;
    readonly type: string;
    readonly retriable: boolean;
    readonly topic?: string | undefined;
    readonly partition?: number | undefined;
    readonly broker?: string | undefined;
  }) {
    const { kind, type, retriable, topic, partition, broker } = details;
    super(`${type} (${kind})`);
    this.name = 'KafkaFailure';
    this.kind = kind;
    this.type = type;
    this.retriable = retriable;
    this.topic = topic;
    this.partition = partition;
    this.broker = broker;
  }
}
