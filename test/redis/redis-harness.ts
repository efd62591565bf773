import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type IdempotentSink, milliseconds, type PluginContext, type SinkContext } from '@sluice/connector-sdk';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect } from 'vitest';

/** One run of a job with a sink. */
export interface Run<T> {
  readonly rejected: readonly { readonly value: T; readonly code: string }[];
  readonly counted: ReadonlyMap<string, number>;
  readonly logged: readonly unknown[];
  /** Writes all, as the engine does: it waits where the writer says that it is full. */
  write(...values: readonly T[]): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Keys of its own for a test file, gone afterwards, and what one run of a job does with a sink. */
export class RedisHarness {
  readonly prefix = `t-${randomUUID().slice(0, 8)}:`;
  readonly #endpoint: () => string;
  #redis: Redis | undefined;
  #incarnation = randomUUID() as string;

  constructor(endpoint: () => string) {
    this.#endpoint = endpoint;
    beforeAll(() => {
      this.#redis = new Redis(endpoint(), { retryStrategy: () => 50 });
      this.#redis.on('error', () => {});
    });
    afterAll(async () => {
      const keys = await this.keys().catch(() => []);
      if (keys.length > 0) await this.redis.del(...keys);
      this.redis.disconnect();
    });
  }

  get url(): string {
    return this.#endpoint();
  }

  get redis(): Redis {
    if (this.#redis === undefined) throw new Error('The server is there only inside tests and hooks.');
    return this.#redis;
  }

  get options(): { readonly url: string; readonly prefix: string } {
    return { url: this.url, prefix: this.prefix };
  }

  /** What has been written with a test's own prefix. */
  async keys(): Promise<string[]> {
    const found: string[] = [];
    for (let cursor = '0'; ; ) {
      const [next, keys] = await this.redis.scan(cursor, 'MATCH', `*${this.prefix}*`, 'COUNT', 1000);
      found.push(...keys);
      if (next === '0') return found.sort();
      cursor = next;
    }
  }

  /** Each test is a job of its own. */
  context(epoch: number, more: Partial<PluginContext> = {}): Recorded {
    const uid = expect.getState().currentTestName ?? 'sink-1';
    return recordingContext({ job: `job ${this.prefix}`, uid, incarnation: this.#incarnation, epoch, ...more });
  }

  /** As the engine starts a run: check, then open. */
  async run<T>(sink: IdempotentSink<T>, epoch: number, more: Partial<PluginContext> = {}): Promise<Run<T>> {
    await sink.check?.(this.context(epoch, more).context);
    return this.open(sink, epoch, more);
  }

  async open<T>(sink: IdempotentSink<T>, epoch: number, more: Partial<PluginContext> = {}): Promise<Run<T>> {
    const recorded = this.context(epoch, more);
    const rejected: { value: T; code: string }[] = [];
    const context: SinkContext<T> = {
      ...recorded.context,
      reject: (value, cause) => void rejected.push({ value, code: codeOf(cause) }),
      requestCheckpoint: () => {},
      restoredState: [],
    };
    const writer = await sink.open(context);
    return {
      rejected,
      counted: recorded.counted,
      logged: recorded.logged,
      async write(...values) {
        for (const value of values) await writer.write(value, Number.NaN);
      },
      flush: () => writer.flush(),
      close: () => writer.close(),
    };
  }

  /** One run that writes and flushes. */
  async wrote<T>(sink: IdempotentSink<T>, epoch: number, ...values: readonly T[]): Promise<Run<T>> {
    const run = await this.run(sink, epoch);
    await run.write(...values);
    await run.flush();
    await run.close();
    return run;
  }
}

export interface Recorded {
  readonly context: PluginContext;
  readonly counted: ReadonlyMap<string, number>;
  readonly logged: readonly unknown[];
}

export function recordingContext(own: Partial<PluginContext>): Recorded {
  const counted = new Map<string, number>();
  const logged: unknown[] = [];
  const log = (...words: unknown[]) => void logged.push(...words);
  const context: PluginContext = {
    job: 'job',
    uid: 'sink-1',
    subtask: 0,
    parallelism: 1,
    epoch: 1,
    incarnation: 'one',
    durable: true,
    signal: new AbortController().signal,
    logger: { debug: log, info: log, warn: log, error: log },
    metrics: {
      counter: (name) => ({ add: (delta = 1) => void counted.set(name, (counted.get(name) ?? 0) + delta) }),
      gauge: () => {},
      histogram: () => ({ record: () => {} }),
    },
    report: log,
    clock: {
      now: Date.now,
      sleep: (duration, signal) => sleep(milliseconds(duration), undefined, signal ? { signal } : {}),
    },
    ...own,
  };
  return { context, counted, logged };
}

export function codeOf(error: unknown): string {
  return (error as { readonly code?: string }).code ?? String(error);
}
