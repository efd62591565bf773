import type { ConnectionOptions } from 'node:tls';
import type { Duration } from '@sluice/connector-sdk';
import type { Mechanism, SASLOptions } from 'kafkajs';
import type { CompressionCodec } from '../compression/compression-codec.js';

/** How a source or sink reaches the brokers. */
export interface KafkaConnectionOptions {
  /** `host:port` of some brokers, 9092 without a port; the others are learned from them. */
  readonly brokers: readonly string[];
  /** The name that brokers see in their logs and quotas, default `sluice`. */
  readonly clientId?: string;
  /** TLS: true for the defaults of Node, or the options of `tls.connect`. */
  readonly ssl?: boolean | ConnectionOptions;
  /** SASL: `{ mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512' | 'aws' | 'oauthbearer', … }`. Never logged, never part of an error. */
  readonly sasl?: SASLOptions | Mechanism;
  /** How long a TCP or TLS connection may take to be made, default 3 s. */
  readonly connectionTimeout?: Duration;
  /** How long a broker may take to answer, default 30 s. */
  readonly requestTimeout?: Duration;
  /** What decompresses and compresses batches, beside gzip: `snappy()`, `lz4()`, `zstd()` of their own entry points. */
  readonly codecs?: readonly CompressionCodec[];
}
