import type { ClientOptions } from '@elastic/elasticsearch';
import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';
import { type IndexName, indexName, isIndexName } from './index-name.js';
import type { DocumentAction, ElasticsearchSinkOptions } from './sink-options.js';

/** The options, checked and with their defaults; durations in milliseconds. */
export interface SinkSettings<T> {
  readonly component: string;
  readonly client: ClientOptions;
  readonly index: IndexName<T>;
  readonly id: (value: T) => string;
  readonly document: (value: T) => object;
  readonly actionOf: (value: T) => DocumentAction;
  readonly routing: ((value: T) => string | undefined) | undefined;
  readonly pipeline: string | undefined;
  readonly version: ((value: T) => number | bigint) | undefined;
  readonly hardDeletes: boolean;
  readonly deletedField: string;
  /** What is asked of mappings that are there: path → types, any of which will do. */
  readonly fieldTypes: ReadonlyMap<string, readonly string[]>;
  readonly registry: string;
  readonly versionFloor: number;
  readonly maxCount: number;
  readonly maxBytes: number;
  readonly linger: number;
  readonly retry: RetrySettings;
  readonly refresh: boolean | 'wait_for';
}

export interface RetrySettings {
  readonly attempts: number;
  readonly initial: number;
  readonly max: number;
}

export const ACTIONS: readonly DocumentAction[] = ['index', 'update', 'delete'];

const COMPONENT = 'elasticsearchSink';
const MOST_BYTES = 2 ** 29;
/** At once, at another node where there is one: an idle connection may have been closed. Bulk requests have a policy of their own. */
const RETRIES_OF_CLIENT = 2;

/** @throws SLUICE_ELASTICSEARCH_OPTIONS */
export function sinkSettings<T>(options: ElasticsearchSinkOptions<T>): SinkSettings<T> {
  if (typeof options !== 'object' || options === null) throw badOption('options', 'an object', typeof options);
  const { action = 'index', deletes = 'soft', deletedField = 'deleted', registry = 'sluice-registry' } = options;
  const { refresh = false, retry = {}, pipeline, version } = options;
  if (typeof retry !== 'object' || retry === null) throw badOption('retry', 'a policy', typeof retry);
  const index = indexName(options.index);
  if (typeof index === 'string') throw badOption('index', index, show(options.index));
  if (typeof action !== 'function' && !ACTIONS.includes(action)) {
    throw badOption('action', "'index', 'update', 'delete' or a function", show(action));
  }
  if (deletes !== 'soft' && deletes !== 'hard') throw badOption('deletes', "'soft' or 'hard'", show(deletes));
  if (typeof deletedField !== 'string' || !/^[^.\s]{1,255}$/.test(deletedField)) {
    throw badOption('deletedField', 'the name of a field, without dots and blanks', show(deletedField));
  }
  if (typeof registry !== 'string' || !isIndexName(registry)) {
    throw badOption('registry', 'the name of an index', show(registry));
  }
  if (refresh !== true && refresh !== false && refresh !== 'wait_for') {
    throw badOption('refresh', "true, false or 'wait_for'", show(refresh));
  }
  if (pipeline !== undefined && (typeof pipeline !== 'string' || pipeline === '')) {
    throw badOption('pipeline', 'the name of an ingest pipeline', show(pipeline));
  }
  if (version !== undefined && options.versionFloor !== undefined) {
    throw badOption('versionFloor', 'left out beside `version`', show(options.versionFloor));
  }
  return {
    component: COMPONENT,
    client: clientOptions(options),
    index,
    id: functionOf('id', options.id),
    document: functionOf('document', options.document),
    actionOf: typeof action === 'function' ? action : () => action,
    routing: options.routing === undefined ? undefined : functionOf('routing', options.routing),
    pipeline,
    version: version === undefined ? undefined : functionOf('version', version),
    hardDeletes: deletes === 'hard',
    deletedField,
    fieldTypes: fieldTypesOf(
      options,
      deletes === 'soft' && action !== 'index' && action !== 'update' ? deletedField : undefined,
    ),
    registry,
    versionFloor: wholeNumber('versionFloor', options.versionFloor ?? 0, 0, Number.MAX_SAFE_INTEGER),
    maxCount: wholeNumber('maxCount', options.maxCount ?? 1_000, 1, 100_000),
    maxBytes: wholeNumber('maxBytes', options.maxBytes ?? 5 * 1024 * 1024, 1, MOST_BYTES),
    linger: duration('linger', options.linger ?? '100ms', 0),
    retry: {
      attempts: wholeNumber('retry.attempts', retry.attempts ?? 12, 1, 1_000_000),
      initial: duration('retry.initial', retry.initial ?? '100ms', 0),
      max: duration('retry.max', retry.max ?? '10s', 0),
    },
    refresh,
  };
}

function clientOptions<T>({ node, client, requestTimeout = '30s' }: ElasticsearchSinkOptions<T>): ClientOptions {
  const nodes = typeof node === 'string' ? [node] : node;
  if (!Array.isArray(nodes) || nodes.length === 0 || !nodes.every(isHttpUrl)) {
    throw badOption('node', 'URLs such as https://localhost:9200', Array.isArray(nodes) ? 'others' : typeof node);
  }
  if (client !== undefined && (typeof client !== 'object' || client === null)) {
    throw badOption('client', "options of the client, such as { auth: { apiKey: '...' } }", typeof client);
  }
  return {
    ...client,
    nodes,
    maxRetries: RETRIES_OF_CLIENT,
    requestTimeout: duration('requestTimeout', requestTimeout, 1),
  };
}

/** Types that take `true`. */
const MARKER_TYPES = ['boolean', 'keyword', 'constant_keyword', 'text', 'wildcard'];

function fieldTypesOf<T>(
  { fieldTypes = {} }: ElasticsearchSinkOptions<T>,
  marker: string | undefined,
): ReadonlyMap<string, readonly string[]> {
  const types = new Map(marker === undefined ? [] : [[marker, MARKER_TYPES as readonly string[]]]);
  for (const [path, type] of Object.entries(fieldTypes)) {
    if (path === '' || typeof type !== 'string') {
      throw badOption('fieldTypes', "types by path, such as { 'page.views': 'long' }", show(type));
    }
    types.set(path, [type]);
  }
  return types;
}

function isHttpUrl(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function functionOf<F>(option: string, value: F): F {
  if (typeof value === 'function') return value;
  throw badOption(option, 'a function of the element', typeof value);
}

function duration(option: string, value: Duration, least: number): number {
  return wholeNumber(option, milliseconds(value), least, 0x7fff_ffff);
}

function wholeNumber(option: string, value: number, least: number, most: number): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw badOption(option, `a whole number from ${least} to ${most}`, String(value));
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : (JSON.stringify(value) ?? typeof value).slice(0, 80);
}

function badOption(option: string, expected: string, actual: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_OPTIONS',
    component: COMPONENT,
    expected: `option \`${option}\` to be ${expected}`,
    actual,
    remedy: `correct \`${option}\``,
  });
}
