import type { Duration } from '@sluice/connector-sdk';
import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';

/** Which server, and how long to wait for it. Exactly one of `url`, `connection` and `cluster`. */
export interface RedisConnectionOptions {
  /** `redis://` or, with TLS, `rediss://`, with user, password and database as ioredis reads them. Percent-encode special characters. */
  readonly url?: string;
  /** What ioredis takes: host, port, TLS, Sentinels, login. What decides about retries and queues is the sink's own. */
  readonly connection?: RedisOptions;
  /** A Redis Cluster: some of its nodes, and what ioredis takes for one. */
  readonly cluster?: RedisClusterOptions;
  /** For a connection and the login, default 10 s. */
  readonly connectTimeout?: Duration;
  /** For the reply to one command, default 10 s; after it the connection is made anew. */
  readonly commandTimeout?: Duration;
  /** How long one batch is tried again while the server is away, failing over or loading, default 30 s. Then the run fails, and can be restarted. */
  readonly retryTimeout?: Duration;
}

/** The nodes to ask for the rest of the cluster, and the settings of ioredis for it. */
export interface RedisClusterOptions {
  readonly nodes: readonly ClusterNode[];
  readonly options?: ClusterOptions;
}
