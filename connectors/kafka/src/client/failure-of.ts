import { type FailureKind, KafkaFailure } from './kafka-failure.js';

const DEEPEST = 8;

const KINDS: Readonly<Record<string, FailureKind>> = {
  KafkaJSConnectionError: 'connection',
  KafkaJSConnectionClosedError: 'connection',
  KafkaJSRequestTimeoutError: 'connection',
  KafkaJSBrokerNotFound: 'connection',
  KafkaJSNoBrokerAvailableError: 'connection',
  KafkaJSTimeout: 'connection',
  KafkaJSLockTimeout: 'connection',
  KafkaJSGroupCoordinatorNotFound: 'connection',
  KafkaJSSASLAuthenticationError: 'authentication',
  KafkaJSOffsetOutOfRange: 'offset-out-of-range',
  KafkaJSNotImplemented: 'codec',
  SASL_AUTHENTICATION_FAILED: 'authentication',
  UNSUPPORTED_SASL_MECHANISM: 'authentication',
  ILLEGAL_SASL_STATE: 'authentication',
  TOPIC_AUTHORIZATION_FAILED: 'authorization',
  GROUP_AUTHORIZATION_FAILED: 'authorization',
  CLUSTER_AUTHORIZATION_FAILED: 'authorization',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'authorization',
  UNKNOWN_TOPIC_OR_PARTITION: 'unknown-topic',
  INVALID_TOPIC_EXCEPTION: 'unknown-topic',
  OFFSET_OUT_OF_RANGE: 'offset-out-of-range',
  INCONSISTENT_GROUP_PROTOCOL: 'group',
  INVALID_GROUP_ID: 'group',
  INVALID_SESSION_TIMEOUT: 'group',
  GROUP_MAX_SIZE_REACHED: 'group',
  PRODUCER_FENCED: 'fenced',
  INVALID_PRODUCER_EPOCH: 'fenced',
  INVALID_PRODUCER_ID_MAPPING: 'fenced',
  UNKNOWN_PRODUCER_ID: 'fenced',
  TRANSACTION_COORDINATOR_FENCED: 'fenced',
  MESSAGE_TOO_LARGE: 'too-large',
  RECORD_LIST_TOO_LARGE: 'too-large',
};

/** Waiting does not help with these, whatever the client says. */
const FINAL = new Set<FailureKind>(['tls', 'authentication', 'authorization', 'codec', 'batch-overflow', 'too-large']);

/** What kafkajs threw, without what it says. */
export function failureOf(error: unknown): KafkaFailure {
  if (error instanceof KafkaFailure) return error;
  const chain = chainOf(error);
  // The innermost one that is known tells most: kafkajs wraps what it has given up on.
  const told = [...chain].reverse().find((one) => kindOf(one) !== undefined) ?? chain[0];
  const kind = kindOf(told) ?? (typeOf(told) !== undefined ? 'broker' : 'client');
  const { topic, partition, broker } = fieldsOf(told);
  const type = typeOf(told) ?? codeOf(told) ?? nameOf(told);
  const retriable =
    !FINAL.has(kind) && (kind === 'connection' || chain.some((one) => fieldsOf(one).retriable === true));
  return new KafkaFailure({ kind, type, retriable, topic, partition, broker });
}

function kindOf(error: unknown): FailureKind | undefined {
  if (error instanceof RangeError && /call stack/.test(error.message)) return 'batch-overflow';
  const code = codeOf(error);
  if (code !== undefined && (/^(ERR_TLS|ERR_SSL|CERT_|EPROTO)/.test(code) || /CERT|SIGNATURE|ISSUER/.test(code))) {
    return 'tls';
  }
  return KINDS[typeOf(error) ?? ''] ?? KINDS[nameOf(error)];
}

function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one !== undefined && one !== null && chain.length < DEEPEST; one = inner(one)) chain.push(one);
  return chain;
}

function inner(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  const { cause, errors } = error as { readonly cause?: unknown; readonly errors?: unknown };
  return cause ?? (Array.isArray(errors) ? errors[0] : undefined);
}

interface Fields {
  readonly topic?: string;
  readonly partition?: number;
  readonly broker?: string;
  readonly retriable?: boolean;
}

function fieldsOf(error: unknown): Fields {
  if (typeof error !== 'object' || error === null) return {};
  const { topic, partition, broker, retriable } = error as Record<string, unknown>;
  return {
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof partition === 'number' ? { partition } : {}),
    ...(typeof broker === 'string' ? { broker } : {}),
    ...(typeof retriable === 'boolean' ? { retriable } : {}),
  };
}

function typeOf(error: unknown): string | undefined {
  const type = (error as { readonly type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' && /^[A-Z0-9_]+$/.test(type) ? type : undefined;
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? code : undefined;
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^\w+$/.test(error.name) ? error.name : typeof error;
}
