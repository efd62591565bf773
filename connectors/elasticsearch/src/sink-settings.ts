import type { ClientOptions } from '@elastic/elasticsearch';
import { shownOption } from '@sluice/connector-sdk';
import { type IndexName, indexName, isIndexName } from './index-name.js';
import { option } from './option.js';
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
  readonly batchesInFlight: number;
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
/**
 * Batches of whole documents: the server does one while the next is put together, and which of two writes of a document comes first makes no
 * difference, because it keeps the higher version. What is merged has to be read after the write before it, and of what is removed the server
 * forgets the version.
 */
const WHOLE_DOCUMENTS_IN_FLIGHT = 2;
/** At once, at another node where there is one: an idle connection may have been closed. Bulk requests have a policy of their own. */
const RETRIES_OF_CLIENT = 2;

/** @throws SLUICE_ELASTICSEARCH_OPTIONS */
export function sinkSettings<T>(options: ElasticsearchSinkOptions<T>): SinkSettings<T> {
  option.object(COMPONENT, 'options', options);
  const { action = 'index', deletes = 'soft', deletedField = 'deleted', registry = 'sluice-registry' } = options;
  const { refresh = false, retry = {}, pipeline, version } = options;
  option.object(COMPONENT, 'retry', retry);
  const index = indexName(options.index);
  if (typeof index === 'string') throw option.refusal(COMPONENT, 'index', index, shownOption(options.index));
  if (typeof action !== 'function' && !ACTIONS.includes(action)) {
    throw option.refusal(COMPONENT, 'action', "'index', 'update', 'delete' or a function", shownOption(action));
  }
  if (deletes !== 'soft' && deletes !== 'hard')
    throw option.refusal(COMPONENT, 'deletes', "'soft' or 'hard'", shownOption(deletes));
  if (typeof deletedField !== 'string' || !/^[^.\s]{1,255}$/.test(deletedField)) {
    throw option.refusal(
      COMPONENT,
      'deletedField',
      'the name of a field, without dots and blanks',
      shownOption(deletedField),
    );
  }
  if (typeof registry !== 'string' || !isIndexName(registry)) {
    throw option.refusal(COMPONENT, 'registry', 'the name of an index', shownOption(registry));
  }
  if (refresh !== true && refresh !== false && refresh !== 'wait_for') {
    throw option.refusal(COMPONENT, 'refresh', "true, false or 'wait_for'", shownOption(refresh));
  }
  if (pipeline !== undefined && (typeof pipeline !== 'string' || pipeline === '')) {
    throw option.refusal(COMPONENT, 'pipeline', 'the name of an ingest pipeline', shownOption(pipeline));
  }
  if (version !== undefined && options.versionFloor !== undefined) {
    throw option.refusal(COMPONENT, 'versionFloor', 'left out beside `version`', shownOption(options.versionFloor));
  }
  return {
    component: COMPONENT,
    client: clientOptions(options),
    index,
    id: option.callback(COMPONENT, 'id', options.id),
    document: option.callback(COMPONENT, 'document', options.document),
    actionOf: typeof action === 'function' ? action : () => action,
    routing: options.routing === undefined ? undefined : option.callback(COMPONENT, 'routing', options.routing),
    pipeline,
    version: version === undefined ? undefined : option.callback(COMPONENT, 'version', version),
    hardDeletes: deletes === 'hard',
    deletedField,
    fieldTypes: fieldTypesOf(
      options,
      deletes === 'soft' && action !== 'index' && action !== 'update' ? deletedField : undefined,
    ),
    registry,
    versionFloor: option.wholeNumber(COMPONENT, 'versionFloor', options.versionFloor ?? 0, 0, Number.MAX_SAFE_INTEGER),
    maxCount: option.wholeNumber(COMPONENT, 'maxCount', options.maxCount ?? 1_000, 1, 100_000),
    maxBytes: option.wholeNumber(COMPONENT, 'maxBytes', options.maxBytes ?? 5 * 1024 * 1024, 1, MOST_BYTES),
    linger: option.duration(COMPONENT, 'linger', options.linger ?? '100ms', 0),
    batchesInFlight: action === 'index' ? WHOLE_DOCUMENTS_IN_FLIGHT : 1,
    retry: {
      attempts: option.wholeNumber(COMPONENT, 'retry.attempts', retry.attempts ?? 12, 1, 1_000_000),
      initial: option.duration(COMPONENT, 'retry.initial', retry.initial ?? '100ms', 0),
      max: option.duration(COMPONENT, 'retry.max', retry.max ?? '10s', 0),
    },
    refresh,
  };
}

function clientOptions<T>({ node, client, requestTimeout = '30s' }: ElasticsearchSinkOptions<T>): ClientOptions {
  const nodes = typeof node === 'string' ? [node] : node;
  if (!Array.isArray(nodes) || nodes.length === 0 || !nodes.every(isHttpUrl)) {
    throw option.refusal(
      COMPONENT,
      'node',
      'URLs such as https://localhost:9200',
      Array.isArray(nodes) ? 'others' : typeof node,
    );
  }
  if (client !== undefined && (typeof client !== 'object' || client === null)) {
    throw option.refusal(
      COMPONENT,
      'client',
      "options of the client, such as { auth: { apiKey: '...' } }",
      typeof client,
    );
  }
  return {
    ...client,
    nodes,
    maxRetries: RETRIES_OF_CLIENT,
    requestTimeout: option.duration(COMPONENT, 'requestTimeout', requestTimeout, 1),
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
      throw option.refusal(
        COMPONENT,
        'fieldTypes',
        "types by path, such as { 'page.views': 'long' }",
        shownOption(type),
      );
    }
    types.set(path, [type]);
  }
  return types;
}

function isHttpUrl(url: unknown): boolean {
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
