import type { Broker } from 'kafkajs';
import { FIRST_VERSION, fetchAnswer, LAST_VERSION } from './fetch-answer.js';

/** What kafkajs knows of one call of the protocol, in one version of it. */
interface Call {
  readonly request?: { readonly apiName?: unknown; readonly apiVersion?: unknown };
  readonly response?: { readonly decode?: unknown };
}

type Lookup = (...what: unknown[]) => (...fields: unknown[]) => Call;

/**
 * The same broker, which leaves the records of a fetch in their bytes (`UndecodedAnswer`): decoding them is most of what kafkajs does, and
 * it makes a dozen objects for each.
 *
 * The broker itself is not changed: this one inherits from it, and puts a decoder into the description of the call that kafkajs looks up.
 * Where that is not as it is known here, in another version of kafkajs for instance, the answer is kafkajs' own.
 */
export function withOwnDecoding(broker: Broker): Broker {
  const lookup = (broker as { readonly lookupRequest?: unknown }).lookupRequest;
  if (typeof lookup !== 'function') return broker;
  const described: Lookup = (...what) => {
    const call = (lookup as Lookup).apply(broker, what);
    return (...fields) => ownDecoding(call(...fields));
  };
  return Object.create(broker, { lookupRequest: { value: described } }) as Broker;
}

function ownDecoding(call: Call): Call {
  const { request, response } = call;
  const decode = response?.decode;
  const version = request?.apiVersion;
  if (request?.apiName !== 'Fetch' || typeof decode !== 'function' || typeof version !== 'number') return call;
  if (version < FIRST_VERSION || version > LAST_VERSION) return call;
  return {
    ...call,
    response: { ...response, decode: async (body: Buffer) => fetchAnswer(body, version) ?? decode(body) },
  };
}
