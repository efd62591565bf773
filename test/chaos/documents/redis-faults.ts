import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { ByteProxy } from '../../services/byte-proxy.js';
import type { Random } from '../random.js';
import { cuttingProxy } from './cutting-proxy.js';

export type RedisFault = 'connections cut' | 'READONLY' | 'NOSCRIPT';

/** ms between two of them, and so long a server is a replica. */
const PAUSE = [5, 40] as const;
const REPLICA = [20, 80] as const;

/** What happens to the connections and the server of Redis while a job writes. */
export class RedisFaults {
  readonly url: string;
  /** Connections that were killed by the server or cut in between, and commands that were really refused. */
  injected = 0;
  readonly #redis: Redis;
  #going = false;
  #striking = Promise.resolve();

  private constructor(
    endpoint: string,
    private readonly what: RedisFault,
    private readonly random: Random,
    private readonly proxy: ByteProxy | undefined,
    private readonly cuts: () => number,
  ) {
    const url = new URL(endpoint);
    if (proxy !== undefined) url.port = `${proxy.port}`;
    this.url = url.href;
    this.#redis = new Redis(endpoint);
    this.#redis.on('error', () => {});
  }

  static async of(endpoint: string, what: RedisFault, random: Random): Promise<RedisFaults> {
    let cuts = 0;
    const port = Number(new URL(endpoint).port);
    const proxy = what === 'connections cut' ? await cuttingProxy(port, random, () => cuts++) : undefined;
    return new RedisFaults(endpoint, what, random, proxy, () => cuts);
  }

  /** Strikes again and again until it is told to stop. */
  start(): void {
    this.#going = true;
    this.#striking = this.#strikeOn();
  }

  /** The server is as it was. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#striking;
  }

  async close(): Promise<void> {
    await this.stop();
    await this.proxy?.close();
    this.#redis.disconnect();
  }

  async #strikeOn(): Promise<void> {
    const { random, what } = this;
    const cutsBefore = this.cuts();
    const refusedBefore = await this.#refused();
    while (this.#going) {
      await sleep(random.between(...PAUSE));
      if (what === 'READONLY') await this.#beReplica();
      if (what === 'NOSCRIPT') await this.#redis.script('FLUSH');
      if (what === 'connections cut' && random.next() < 0.3) await this.#killConnections();
    }
    this.injected += this.cuts() - cutsBefore + (await this.#refused()) - refusedBefore;
  }

  async #beReplica(): Promise<void> {
    // Of a server that is not there: its data stays.
    await this.#redis.replicaof('127.0.0.1', '1');
    try {
      await sleep(this.random.between(...REPLICA));
    } finally {
      await this.#redis.replicaof('NO', 'ONE');
    }
    await sleep(this.random.between(...REPLICA));
  }

  async #killConnections(): Promise<void> {
    const killed = await this.#redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    this.injected += Number(killed);
  }

  /** How many commands the server has answered with the error that is asked for. */
  async #refused(): Promise<number> {
    const errors = await this.#redis.info('errorstats');
    return Number(new RegExp(`errorstat_${this.what}:count=(\\d+)`).exec(errors)?.[1] ?? 0);
  }
}
