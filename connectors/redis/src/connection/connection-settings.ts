import type { ClusterNode, ClusterOptions, RedisOptions } from 'ioredis';
import type { RedisConnectionOptions } from './connection-options.js';
import { option } from './option.js';

/** `RedisConnectionOptions`, checked and with the defaults in; durations in milliseconds. */
export interface ConnectionSettings {
  readonly component: string;
  readonly target: ConnectionTarget;
  readonly connectTimeout: number;
  readonly commandTimeout: number;
  readonly retryTimeout: number;
}

export type ConnectionTarget =
  | { readonly kind: 'server'; readonly url: string | undefined; readonly options: RedisOptions }
  | { readonly kind: 'cluster'; readonly nodes: readonly ClusterNode[]; readonly options: ClusterOptions };

/** Errors: SLUICE_REDIS_OPTIONS. */
export function connectionSettings(component: string, options: RedisConnectionOptions): ConnectionSettings {
  option.object(component, 'options', options);
  const { connectTimeout = '10s', commandTimeout = '10s', retryTimeout = '30s' } = options;
  return {
    component,
    target: targetOf(component, options),
    connectTimeout: option.duration(component, 'connectTimeout', connectTimeout, 1),
    commandTimeout: option.duration(component, 'commandTimeout', commandTimeout, 1),
    retryTimeout: option.duration(component, 'retryTimeout', retryTimeout, 1),
  };
}

function targetOf(component: string, options: RedisConnectionOptions): ConnectionTarget {
  const { url, connection, cluster } = options;
  const given = Object.entries({ url, connection, cluster }).filter(([, value]) => value !== undefined);
  option.require(
    component,
    given.length === 1,
    'url',
    'one of `url`, `connection` and `cluster`',
    given.length === 0 ? 'none' : given.map(([name]) => name).join(' and '),
  );
  if (cluster !== undefined) {
    const nodes: unknown = cluster?.nodes;
    option.require(component, Array.isArray(nodes) && nodes.length > 0, 'cluster.nodes', 'at least one node', 'none');
    const own = cluster.options ?? {};
    refusePrefix(component, 'cluster.options', own.keyPrefix ?? own.redisOptions?.keyPrefix);
    return { kind: 'cluster', nodes: cluster.nodes, options: own };
  }
  if (url !== undefined) option.require(component, isRedisUrl(url), 'url', 'redis://host:port or rediss://', 'another');
  else option.require(component, isObject(connection), 'connection', 'options of ioredis', typeof connection);
  refusePrefix(component, 'connection', connection?.keyPrefix);
  return { kind: 'server', url, options: connection ?? {} };
}

/** The names of the keys are ours to make: the keys of one script have to lie in one slot. */
function refusePrefix(component: string, name: string, prefix: string | undefined): void {
  option.require(component, prefix === undefined || prefix === '', `${name}.keyPrefix`, 'none: set `prefix`', 'one');
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isRedisUrl(url: unknown): boolean {
  if (typeof url !== 'string' || !/^rediss?:\/\//.test(url) || !URL.canParse(url)) return false;
  const { username, password } = new URL(url);
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}
