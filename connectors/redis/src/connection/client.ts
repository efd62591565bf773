import { Cluster, Redis } from 'ioredis';
import type { ConnectionSettings } from './connection-settings.js';
import { failureOf, isLogin, RedisFailure } from './failure.js';
import { unreachable } from './redis-error.js';

export type Argument = string | number | Buffer;

/** A command with its arguments; for those with keys in it, its name decides where they are. */
export type Command = readonly [name: string, ...args: Argument[]];

/** What became of a command. Every error is a `RedisFailure`. */
export type Reply = { readonly value: unknown; readonly failure?: undefined } | { readonly failure: RedisFailure };

/**
 * A connection to a server or a cluster. Nothing is queued or sent again behind our back: what was not answered fails, and who knows
 * whether repeating it is harmless repeats it.
 */
export class RedisClient {
  readonly isCluster: boolean;
  readonly #client: Redis | Cluster;
  #lastFailure: RedisFailure | undefined;
  #closed = false;

  private constructor(client: Redis | Cluster) {
    this.#client = client;
    this.isCluster = client instanceof Cluster;
    // Without a listener the driver prints errors. The last one is the reason why a connection is missing.
    client.on('error', (error: unknown) => {
      const failure = failureOf(error);
      if (failure.code !== 'CLOSED' || this.#lastFailure === undefined) this.#lastFailure = failure;
    });
    client.on('ready', () => {
      this.#lastFailure = undefined;
    });
  }

  /** Errors: SLUICE_REDIS_UNREACHABLE, SLUICE_REDIS_AUTH, SLUICE_REDIS_CLUSTER. */
  static async open(settings: ConnectionSettings, signal?: AbortSignal): Promise<RedisClient> {
    const client = new RedisClient(driver(settings));
    const abort = () => client.close();
    signal?.addEventListener('abort', abort, { once: true });
    const late = setTimeout(() => {
      client.#lastFailure ??= new RedisFailure('ETIMEDOUT');
      client.close();
    }, settings.connectTimeout);
    try {
      signal?.throwIfAborted();
      await client.#client.connect();
      return client;
    } catch (error) {
      client.close();
      signal?.throwIfAborted();
      throw unreachable(settings.component, client.#lastFailure ?? failureOf(error));
    } finally {
      clearTimeout(late);
      signal?.removeEventListener('abort', abort);
    }
  }

  /** One command; rejects with a `RedisFailure`. */
  async command(...[name, ...args]: Command): Promise<unknown> {
    return resultOf(await this.send(name, args));
  }

  /** One command whose strings come as bytes. */
  async commandBytes(...[name, ...args]: Command): Promise<unknown> {
    try {
      return await this.#client.callBuffer(name, ...args);
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** One command, sent at once: the server is at work on it while the next one is made. In order, as far as they go to one node. */
  send(name: string, args: Argument[]): Promise<Reply> {
    return this.#client.call(name, args).then(
      (value): Reply => ({ value }),
      (error): Reply => ({ failure: this.#failure(error) }),
    );
  }

  /** Gives this connection up for a new one: the server does not answer, or is no longer the one to write to. */
  renew(): void {
    if (this.#closed || this.#client instanceof Cluster) return;
    if (this.#client.status === 'ready') this.#client.disconnect(true);
  }

  close(): void {
    this.#closed = true;
    this.#client.disconnect();
  }

  /** A missing connection is told by the reason why it cannot be made again. */
  #failure(error: unknown): RedisFailure {
    const failure = failureOf(error);
    const reason = this.#lastFailure;
    if (reason === undefined || failure.code !== 'CLOSED') return failure;
    return isLogin(reason) || reason.code !== 'CLOSED' ? reason : failure;
  }
}

export function resultOf(reply: Reply | undefined): unknown {
  if (reply === undefined) throw new RedisFailure('CLOSED');
  if (reply.failure !== undefined) throw reply.failure;
  return reply.value;
}

const RETRY_FIRST = 10;
const RETRY_MAX = 1000;
const DISCONNECT_TIMEOUT = 100;

function driver({ target, connectTimeout, commandTimeout }: ConnectionSettings): Redis | Cluster {
  const own = {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    connectTimeout,
    commandTimeout,
    reconnectOnError: null,
    // Of a server that hangs the end of the connection is not waited for.
    disconnectTimeout: DISCONNECT_TIMEOUT,
    // Replies are looked at: they have to be the same whatever the settings.
    stringNumbers: false,
    replyMapping: 'legacy' as const,
  };
  if (target.kind === 'cluster') {
    const { options } = target;
    return new Cluster([...target.nodes], {
      ...options,
      lazyConnect: true,
      enableOfflineQueue: false,
      redisOptions: { ...options.redisOptions, ...own },
    });
  }
  const options = {
    ...target.options,
    ...own,
    maxRetriesPerRequest: 0,
    retryStrategy: (times: number) => Math.min(RETRY_FIRST * 2 ** Math.min(times - 1, 10), RETRY_MAX),
  };
  return target.url === undefined ? new Redis(options) : new Redis(target.url, options);
}
