import type { ClientOptions } from '@elastic/elasticsearch';
import type { Duration, RetryPolicy } from '@sluice/connector-sdk';

/**
 * What is done with a document: `index` puts it there whole, `update` merges `document(value)` into it (and makes it where there is
 * none), `delete` takes it away.
 */
export type DocumentAction = 'index' | 'update' | 'delete';

/** An index for each day, month, year or hour of UTC. */
export interface DatedIndex<T> {
  /** Such as `views-{yyyy.MM.dd}`: within braces `yyyy`, `MM`, `dd` and `HH` are put in, everything else is taken literally. */
  readonly pattern: string;
  /** Epoch milliseconds; a function of the element alone. */
  readonly timeOf: (value: T) => number;
}

export interface ElasticsearchSinkOptions<T> {
  /** URLs of the cluster's nodes. Never in an error or a log. */
  readonly node: string | readonly string[];
  /** Whatever else the client takes: `auth`, `tls`, `caFingerprint`, `headers`, `compression`. Never in an error or a log. */
  readonly client?: Omit<ClientOptions, 'node' | 'nodes' | 'cloud' | 'maxRetries' | 'requestTimeout'>;
  /** The index, data streams excepted. One name, one for each element (a window's, say), or one for each stretch of time. */
  readonly index: string | ((value: T) => string) | DatedIndex<T>;
  /** The `_id`, 1 to 512 bytes: a function of the element's key or window alone, so that a repeated write meets its own document. */
  readonly id: (value: T) => string;
  /** What is stored: an object that JSON can hold. Not called for deletes. */
  readonly document: (value: T) => object;
  /** Default `'index'`. */
  readonly action?: DocumentAction | ((value: T) => DocumentAction);
  /** Default: by `_id`. A function of what determines the `_id`: with another routing it can be another document. */
  readonly routing?: (value: T) => string | undefined;
  /** An ingest pipeline for documents that are put in. A merged document passes it whole, again at each update. */
  readonly pipeline?: string;
  /**
   * The version of the document, a whole number from 0 that grows for each `_id`: an offset, when all elements of an `_id` come from one
   * partition, or a revision. Then replays write nothing, and the sink needs no registry. Never the clock. Default: given by the sink.
   */
  readonly version?: (value: T) => number | bigint;
  /**
   * `'soft'` (default) leaves a document that holds nothing but `deletedField: true`, so that what comes late is older than something.
   * `'hard'` removes it; the server remembers its version for a minute (`index.gc_deletes`), and after that a late write brings it back.
   */
  readonly deletes?: 'soft' | 'hard';
  /** Default `'deleted'`. */
  readonly deletedField?: string;
  /** Types that fields must have where an index has them already, by path: `{ 'page.views': 'long' }`. Looked at before the job starts. */
  readonly fieldTypes?: Readonly<Record<string, string>>;
  /** The index that keeps which versions have been given out, made when it is missing. Default `'sluice-registry'`. */
  readonly registry?: string;
  /** No version that the sink gives is lower. For documents that carry versions of somebody else's, or when the registry was lost. */
  readonly versionFloor?: number;
  /** Elements of one request. Default 1,000. */
  readonly maxCount?: number;
  /** Bytes of one request, below the server's `http.max_content_length` (100 MB). Default 5 MiB. A larger document goes alone. */
  readonly maxBytes?: number;
  /** A request is sent when its first element is this old. Default `'100ms'`. */
  readonly linger?: Duration;
  /** For 429, 503 and what else may pass, a lost connection included. Default: 12 attempts from `'100ms'` up to `'10s'`, about a minute of pauses. */
  readonly retry?: RetryPolicy;
  /** An answer that takes longer is taken for lost. Default `'30s'`. */
  readonly requestTimeout?: Duration;
  /** Makes what was written visible to searches at once (`true`), or waits until it is (`'wait_for'`). Costly; for tests. Default false. */
  readonly refresh?: boolean | 'wait_for';
}
