import { SluiceError } from '@sluice/connector-sdk';
import { isLogin, type RedisFailure } from './failure.js';

/** The server cannot be worked with now, for the reason given. `waited` is in milliseconds. */
export function unavailable(component: string, failure: RedisFailure, waited?: number): SluiceError {
  if (isLogin(failure)) return loginRefused(component, failure);
  return new SluiceError({
    code: 'SLUICE_REDIS_UNAVAILABLE',
    component,
    expected: `a Redis server that answers${waited === undefined ? '' : ` again within ${waited} ms`}`,
    actual: failure.message,
    remedy: 'bring the server back; raise `retryTimeout` when failovers take longer',
    transient: true,
    cause: failure,
  });
}

export function unreachable(component: string, failure: RedisFailure): SluiceError {
  if (isLogin(failure)) return loginRefused(component, failure);
  if (failure.code === 'CLUSTER_OFF') return noCluster(component);
  return new SluiceError({
    code: 'SLUICE_REDIS_UNREACHABLE',
    component,
    expected: 'a Redis server that can be connected to',
    actual: failure.message,
    remedy: 'start the server, or correct host, port and TLS of the connection',
    transient: true,
    cause: failure,
  });
}

export function refused(component: string, what: string, failure: RedisFailure): SluiceError {
  if (isLogin(failure)) return loginRefused(component, failure);
  return new SluiceError({
    code: 'SLUICE_REDIS_COMMAND',
    component,
    expected: what,
    actual: failure.message,
    remedy: 'see the log of the server for what it does not take; Redis 6.2 or newer with scripts enabled is needed',
    cause: failure,
  });
}

export function noCluster(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_CLUSTER',
    component,
    expected: 'a Redis Cluster, because `cluster` is set',
    actual: 'a server that is no cluster',
    remedy: 'set `url` or `connection` instead of `cluster`',
  });
}

export function isCluster(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_CLUSTER',
    component,
    expected: 'a single server, because `url` or `connection` is set',
    actual: 'a node of a cluster',
    remedy: 'set `cluster: { nodes: [...] }` instead',
  });
}

function loginRefused(component: string, failure: RedisFailure): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_AUTH',
    component,
    expected: 'a login that may run scripts and use the keys',
    actual: failure.message,
    remedy:
      'check user and password, and the ACL of that user: the keys by `prefix`, and by `{` with `prefix`, +@read +@write +@scripting +@connection +info +time',
    cause: failure,
  });
}
