import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { milliseconds, type PluginContext, type SinkContext, type SinkWriter } from '@sluice/connector-sdk';
import { type ElasticsearchSinkOptions, elasticsearchSink } from '@sluice/elasticsearch';
import { afterAll } from 'vitest';

export interface Doc {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface Run<T> {
  readonly writer: SinkWriter<T>;
  readonly rejected: readonly { readonly value: T; readonly cause: unknown }[];
  /** What the sink has counted, by name. */
  readonly counted: ReadonlyMap<string, number>;
  /** Writes all, waiting where the writer is full, and flushes. */
  write(...values: T[]): Promise<void>;
}

export interface Stored {
  readonly version: number;
  readonly source: Record<string, unknown>;
}

/** Names of its own for a test file, gone afterwards, and what one run of a job does with a sink. */
export class SinkHarness {
  readonly prefix = `t-${randomUUID().slice(0, 8)}`;
  readonly job = `job ${this.prefix}`;
  readonly registry = `${this.prefix}-registry`;
  readonly logged: object[] = [];
  readonly #writers: SinkWriter<never>[] = [];
  #indices = 0;

  constructor(readonly url: () => string) {
    afterAll(async () => {
      for (const writer of this.#writers) await writer.close().catch(() => {});
      await this.request('DELETE', `/${this.prefix}*?expand_wildcards=all`).catch(() => {});
    });
  }

  async request<A = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<A> {
    const answer = await fetch(`${this.url()}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(20_000),
    });
    return (await answer.json()) as A;
  }

  /** A name that no other test has; with mappings, an index. */
  async index(create?: object): Promise<string> {
    const name = `${this.prefix}-${this.#indices++}`;
    const settings = { number_of_shards: 1, number_of_replicas: 0 };
    if (create !== undefined) await this.request('PUT', `/${name}`, { settings, ...create });
    return name;
  }

  /** As last written: no refresh is needed. */
  async get(index: string, id: string, routing?: string): Promise<Stored | undefined> {
    const { found, _version, _source } = await this.request<{
      found?: boolean;
      _version: number;
      _source: Record<string, unknown>;
    }>('GET', `/${index}/_doc/${encodeURIComponent(id)}${routing === undefined ? '' : `?routing=${routing}`}`);
    return found ? { version: _version, source: _source } : undefined;
  }

  /** All documents, by id. */
  async documents(index: string): Promise<Map<string, Record<string, unknown>>> {
    await this.request('POST', `/${index}/_refresh`);
    const { hits } = await this.request<{ hits: { hits: { _id: string; _source: Record<string, unknown> }[] } }>(
      'POST',
      `/${index}/_search`,
      { size: 10_000 },
    );
    return new Map(hits.hits.map(({ _id, _source }) => [_id, _source]));
  }

  options<T extends Doc>(
    index: ElasticsearchSinkOptions<T>['index'],
    more: Partial<ElasticsearchSinkOptions<T>> = {},
  ): ElasticsearchSinkOptions<T> {
    return {
      node: this.url(),
      index,
      id: ({ id }) => id,
      document: ({ id: _, ...fields }) => fields,
      registry: this.registry,
      linger: 5,
      retry: { initial: 2, max: 50 },
      ...more,
    };
  }

  context(epoch: number, more: Partial<PluginContext> = {}): PluginContext {
    const log = (fields: object, message?: string) => void this.logged.push({ ...fields, message });
    return {
      job: this.job,
      uid: 'sink-1',
      subtask: 0,
      parallelism: 1,
      epoch,
      incarnation: 'first',
      durable: true,
      report: (event, fields = {}) => log({ event, ...fields }),
      signal: new AbortController().signal,
      logger: { debug: log, info: log, warn: log, error: log },
      metrics: { counter: () => ({ add: () => {} }), gauge: () => {}, histogram: () => ({ record: () => {} }) },
      clock: {
        now: Date.now,
        sleep: (duration, signal) => sleep(milliseconds(duration), undefined, signal ? { signal } : {}),
      },
      ...more,
    };
  }

  check<T>(options: ElasticsearchSinkOptions<T>): Promise<void> {
    return Promise.resolve(elasticsearchSink(options).check?.(this.context(1)));
  }

  /** As the engine opens it. */
  async run<T>(options: ElasticsearchSinkOptions<T>, epoch = 1, more: Partial<PluginContext> = {}): Promise<Run<T>> {
    const rejected: { value: T; cause: unknown }[] = [];
    const counted = new Map<string, number>();
    const context: SinkContext<T> = {
      ...this.context(epoch, {
        metrics: {
          counter: (name) => ({ add: (delta = 1) => void counted.set(name, (counted.get(name) ?? 0) + delta) }),
          gauge: () => {},
          histogram: () => ({ record: () => {} }),
        },
        ...more,
      }),
      restoredState: [],
      reject: (value, cause) => void rejected.push({ value, cause }),
      requestCheckpoint: () => {},
    };
    const writer = await elasticsearchSink(options).open(context);
    this.#writers.push(writer);
    return {
      writer,
      rejected,
      counted,
      write: async (...values) => {
        for (const value of values) await writer.write(value, 0);
        await writer.flush();
      },
    };
  }
}
