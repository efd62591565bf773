import type { Argument, RedisClient, Reply } from '../connection/client.js';
import type { Script } from './lua.js';

/** One call of a script, which does some operations. */
export interface ScriptCall<O> {
  readonly operations: readonly O[];
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

export interface AnsweredCall<O> {
  readonly call: ScriptCall<O>;
  readonly reply: Reply;
}

/**
 * Each call and the reply to it, whether the server knew the script or not. Calls are sent as they are made: the server does one while the
 * next is put together.
 */
export async function callScript<O>(
  client: RedisClient,
  script: Script,
  calls: Iterable<ScriptCall<O>>,
): Promise<readonly AnsweredCall<O>[]> {
  const sent: Promise<AnsweredCall<O>>[] = [];
  for (const call of calls) {
    sent.push(client.send('evalsha', parameters(script.sha, call)).then((reply) => ({ call, reply })));
  }
  const answered = await Promise.all(sent);
  if (!answered.some(isUnknown)) return answered;
  // The script goes along with each: the server may be told to forget it at any moment.
  return Promise.all(
    answered.map(async (known) =>
      isUnknown(known)
        ? { call: known.call, reply: await client.send('eval', parameters(script.text, known.call)) }
        : known,
    ),
  );
}

function isUnknown<O>({ reply }: AnsweredCall<O>): boolean {
  return reply.failure?.code === 'NOSCRIPT';
}

function parameters<O>(script: string, { keys, args }: ScriptCall<O>): Argument[] {
  return [script, keys.length, ...keys, ...args];
}
