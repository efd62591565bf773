/**
 * What is kept of a driver's error. Its message may quote values, and the error itself holds the command with all arguments, a login's password
 * among them; so only a code is taken over.
 */
export class RedisFailure extends Error {
  /** The first word of the server's reply (`WRONGTYPE`), the operating system's code (`ECONNREFUSED`), or `CLOSED` or `TIMEOUT`. */
  readonly code: string;

  constructor(code: string) {
    super(`${MEANINGS[code] ?? 'an error of the server'} (${code})`);
    this.name = 'RedisFailure';
    this.code = code;
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  ASK: 'a slot that is being moved',
  BUSY: 'a server that is busy with a script',
  CLOSED: 'a connection that ended',
  CLUSTERDOWN: 'a cluster that is down',
  CLUSTER_OFF: 'a server that is no cluster',
  CROSSSLOT: 'keys in different slots',
  ECONNREFUSED: 'nobody listening',
  ECONNRESET: 'a connection that was reset',
  ENOTFOUND: 'a host that is not known',
  ETIMEDOUT: 'no answer in time',
  ERR: 'a command that the server refuses',
  LOADING: 'a server that is loading its data',
  MASTERDOWN: 'a replica without its master',
  MISCONF: 'a server that cannot save its data',
  MOVED: 'a slot that has moved',
  NOAUTH: 'a login that is missing',
  NOPERM: 'a permission that is missing',
  NOREPLICAS: 'too few replicas',
  NOSCRIPT: 'a script that the server has forgotten',
  NOT_FLOAT: 'a score that is no number',
  OOM: 'memory that is used up',
  READONLY: 'a replica, which takes no writes',
  TIMEOUT: 'no reply in time',
  TOO_LARGE: 'a value over 512 MB',
  TRYAGAIN: 'keys of a slot that is being moved',
  UNKNOWN_COMMAND: 'a command that the server does not know',
  WRONGPASS: 'a refused login',
  WRONGTYPE: 'a key that holds another type of value',
};

export function failureOf(error: unknown): RedisFailure {
  return error instanceof RedisFailure ? error : new RedisFailure(codeOf(error));
}

const NETWORK = /^E[A-Z]{3,}$/;

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'ERR';
  const { name, message, code, lastNodeError } = error as Record<string, unknown>;
  // What a cluster says when none of its nodes answers: the reason is in what the last one said.
  if (typeof lastNodeError === 'object' && lastNodeError !== null) return codeOf(lastNodeError);
  const text = typeof message === 'string' ? message : '';
  if (typeof code === 'string' && (NETWORK.test(code) || /^(ERR_|CERT|DEPTH|SELF|UNABLE)/.test(code))) return code;
  if (name === 'MaxRetriesPerRequestError' || name === 'AbortError' || name === 'ClusterAllFailedError')
    return 'CLOSED';
  return replyCode(text) ?? clientCode(text);
}

/** Older servers wrap what a command said within a script. */
const IN_SCRIPT = /@user_script:\s?\d+: (?:-)?([A-Z][A-Z_]+) (.*)/;

function replyCode(text: string): string | undefined {
  const redirected = /Last error: (?:ReplyError: )?(.*)/.exec(text)?.[1];
  if (redirected !== undefined) return replyCode(redirected) ?? 'CLOSED';
  const [, word, rest = ''] = IN_SCRIPT.exec(text) ?? /^(?:ReplyError: )?([A-Z][A-Z_]+) (.*)/s.exec(text) ?? [];
  if (word !== 'ERR') return word;
  if (/user executing the script can't/.test(rest)) return 'NOPERM';
  if (rest.includes('not a valid float')) return 'NOT_FLOAT';
  if (rest.includes('cluster support disabled')) return 'CLUSTER_OFF';
  if (rest.includes('exceeds maximum allowed size')) return 'TOO_LARGE';
  if (/unknown (redis )?command/i.test(rest)) return 'UNKNOWN_COMMAND';
  if (/invalid password|invalid username/i.test(rest)) return 'WRONGPASS';
  return word;
}

function clientCode(text: string): string {
  if (text.includes('timed out')) return 'TIMEOUT';
  if (text.includes('Unknown Redis command')) return 'UNKNOWN_COMMAND';
  return /onnection|writeable|ready|slots|startup nodes|Cluster/.test(text) ? 'CLOSED' : 'ERR';
}

const TRANSIENT = new Set(
  'ASK BUSY CLOSED CLUSTERDOWN LOADING MASTERDOWN MISCONF MOVED NOREPLICAS OOM READONLY TIMEOUT TRYAGAIN UNBLOCKED'.split(
    ' ',
  ),
);

/** The same thing may go well a little later, with nothing changed. */
export function isTransient({ code }: RedisFailure): boolean {
  return TRANSIENT.has(code) || NETWORK.test(code);
}

export function isLogin({ code }: RedisFailure): boolean {
  return code === 'NOAUTH' || code === 'WRONGPASS' || code === 'NOPERM';
}
