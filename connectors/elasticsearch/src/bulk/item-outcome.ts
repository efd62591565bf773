/** What the answer to a bulk request says of one item. */
export interface BulkItem {
  readonly status: number;
  readonly error?: { readonly type?: unknown; readonly reason?: unknown };
}

/** What is to be done about an item. No text in it holds anything of a document. */
export type ItemOutcome =
  | { readonly kind: 'done' }
  /** The document has this version or a higher one already; `stored` where the server tells it. */
  | { readonly kind: 'stale'; readonly stored: number | undefined }
  | { readonly kind: 'retry'; readonly reason: string }
  /** The server will never take this document. */
  | { readonly kind: 'rejected'; readonly mapping: boolean; readonly reason: string }
  /** Nothing is wrong with the document: with the index, the pipeline or the rights. */
  | { readonly kind: 'fatal'; readonly problem: ItemProblem; readonly reason: string };

export type ItemProblem = 'index' | 'pipeline' | 'privilege' | 'blocked';

const MAY_PASS = new Set([408, 429, 500, 502, 503, 504]);
/** What the server calls an internal error although the document is to blame. */
const OF_THE_DOCUMENT = new Set(['not_x_content_exception']);
const OF_THE_INDEX = new Set(['index_closed_exception', 'index_not_found_exception', 'alias_not_found_exception']);
const OF_THE_MAPPING = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
]);

export function itemOutcome({ status, error }: BulkItem): ItemOutcome {
  // 404 without an error: a delete of what was not there.
  if (error === undefined && ((status >= 200 && status < 300) || status === 404)) return { kind: 'done' };
  const type = typeof error?.type === 'string' && /^[a-z0-9_]{1,100}$/.test(error.type) ? error.type : 'unknown';
  const said = typeof error?.reason === 'string' ? error.reason : '';
  const reason = `${status} ${type}`;
  if (status === 409) return { kind: 'stale', stored: storedVersion(said) };
  if (MAY_PASS.has(status) && !OF_THE_DOCUMENT.has(type)) return { kind: 'retry', reason };
  if (status === 403 && type === 'cluster_block_exception') return { kind: 'fatal', problem: 'blocked', reason };
  if (status === 401 || status === 403) return { kind: 'fatal', problem: 'privilege', reason };
  if (status === 404 || OF_THE_INDEX.has(type) || /^(no write index|alias \[.*has more than one ind)/i.test(said)) {
    return { kind: 'fatal', problem: 'index', reason };
  }
  if (/^pipeline with id \[.*does not exist/.test(said)) return { kind: 'fatal', problem: 'pipeline', reason };
  const field = fieldIn(said);
  const mapping = field !== undefined || OF_THE_MAPPING.has(type);
  return { kind: 'rejected', mapping, reason: field === undefined ? reason : `${reason}, ${field}` };
}

function storedVersion(reason: string): number | undefined {
  const digits = /current version \[(\d+)\]/.exec(reason)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

// Reasons quote what they stumbled over. Names of fields and types are taken out of them, and nothing else.
const FIELDS: readonly RegExp[] = [
  /^(?:\[\d+:\d+\] )?failed to parse (?<field>field \[[^\]]{1,100}\] of type \[[a-z_]{1,50}\])/,
  /^(?:\[\d+:\d+\] )?object mapping for (?<field>\[[^\]]{1,100}\])/,
  /dynamic introduction of (?<field>\[[^\]]{1,100}\]) within \[/,
  /^(?<field>mapper \[[^\]]{1,100}\] cannot be changed from type \[[a-z_]{1,50}\] to \[[a-z_]{1,50}\])/,
  /^(?<field>Limit of total fields \[\d+\])/,
];

function fieldIn(reason: string): string | undefined {
  for (const pattern of FIELDS) {
    const field = pattern.exec(reason)?.groups?.field;
    if (field !== undefined) return field.startsWith('[') ? `field ${field}` : field;
  }
  return undefined;
}
