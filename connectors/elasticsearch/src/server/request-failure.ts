import { SluiceError } from '@sluice/connector-sdk';

/** What became of a request that was not answered as it should be. No text in it holds a URL, a header or anything of a document. */
export type RequestFailure =
  /** The request may succeed when it is sent again; whether this one did is unknown. */
  | { readonly kind: 'passing'; readonly reason: string; readonly overloaded: boolean }
  | { readonly kind: 'tooLarge' }
  | { readonly kind: 'final'; readonly error: SluiceError };

const MAY_PASS = new Set([408, 429, 500, 502, 503, 504]);
/** What the client raises when no answer, or none that it can read, came. */
const NO_ANSWER = new Set(['ConnectionError', 'TimeoutError', 'NoLivingConnectionsError', 'DeserializationError']);

/** What the client raised, judged. Its errors carry the whole request, so none of them goes on as it is. */
export function requestFailure(component: string, error: unknown): RequestFailure {
  if (SluiceError.isInstance(error)) return { kind: 'final', error };
  const { name, statusCode, type } = partsOf(error);
  if (NO_ANSWER.has(name)) return { kind: 'passing', reason: reasonOf(error, name), overloaded: false };
  if (name === 'ProductNotSupportedError') return { kind: 'final', error: otherProduct(component) };
  if (statusCode === undefined) return { kind: 'final', error: refused(component, name) };
  if (statusCode === 413) return { kind: 'tooLarge' };
  if (MAY_PASS.has(statusCode)) {
    return { kind: 'passing', reason: `${statusCode} ${type}`, overloaded: statusCode === 429 };
  }
  if (type === 'media_type_header_exception') return { kind: 'final', error: otherMajor(component) };
  if (statusCode === 401) return { kind: 'final', error: login(component) };
  if (statusCode === 403) return { kind: 'final', error: privilege(component, type) };
  return { kind: 'final', error: refused(component, `${statusCode} ${type}`) };
}

/** The error to raise where nothing is tried again. */
export function failureOf(component: string, error: unknown): SluiceError {
  const failure = requestFailure(component, error);
  if (failure.kind === 'final') return failure.error;
  return failure.kind === 'tooLarge' ? refused(component, '413') : unreachable(component, failure.reason);
}

/** The status of an answer, where there was one. */
export function statusOf(error: unknown): number | undefined {
  return partsOf(error).statusCode;
}

export function unreachable(component: string, reason: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_UNREACHABLE',
    component,
    expected: 'the cluster to answer',
    actual: reason,
    remedy: 'start the cluster, or correct `node`; look at TLS and proxies when it runs',
    transient: true,
  });
}

export function privilege(component: string, reason: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_PRIVILEGE',
    component,
    expected: 'the privileges to read, write and create the indices of the sink, and its registry',
    actual: reason,
    remedy: 'grant `read`, `write`, `create_index` and `view_index_metadata` on them to this user or key',
  });
}

function partsOf(error: unknown): { name: string; statusCode: number | undefined; type: string } {
  const { name, statusCode, body } = (error ?? {}) as { name?: unknown; statusCode?: unknown; body?: unknown };
  const type = (body as { error?: { type?: unknown } } | undefined)?.error?.type;
  return {
    name: typeof name === 'string' ? name : typeof error,
    statusCode: typeof statusCode === 'number' ? statusCode : undefined,
    type: typeof type === 'string' && /^[a-z0-9_]{1,100}$/.test(type) ? type : 'unknown',
  };
}

/** The system's own code, when the client's message begins with one: the rest of it may name hosts and users. */
function reasonOf(error: unknown, name: string): string {
  const { message } = error as { message?: unknown };
  const code =
    typeof message === 'string' ? /\b(E[A-Z]{4,20}|UND_ERR_[A-Z_]{1,40}|CERT_[A-Z_]{1,40})\b/.exec(message) : null;
  return code === null ? name : `${name} ${code[0]}`;
}

function otherProduct(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_CLIENT',
    component,
    expected: 'an Elasticsearch cluster, which says so in a header',
    actual: 'another product, or a proxy that takes the header `x-elastic-product` away',
    remedy: 'point `node` at Elasticsearch 8 or 9, and let the header through',
  });
}

function otherMajor(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_CLIENT',
    component,
    expected: 'a client and a cluster of the same major version',
    actual: 'media_type_header_exception: the cluster is older than the client',
    remedy: 'install @elastic/elasticsearch of the major version of the cluster, 8 or 9',
  });
}

function login(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_LOGIN',
    component,
    expected: 'the cluster to accept the credentials',
    actual: '401',
    remedy: 'correct `client.auth`',
  });
}

function refused(component: string, reason: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_ELASTICSEARCH_REFUSED',
    component,
    expected: 'the cluster to take the request',
    actual: reason,
    remedy: 'look into the log of the cluster for what it refused; a `pipeline` or an index template may be wrong',
  });
}
