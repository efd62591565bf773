import type { Argument, Command, RedisClient, Reply } from '../connection/client.js';
import type { Script } from './lua.js';

/** One call of a script, which does some operations. */
export interface ScriptCall<O> {
  readonly operations: readonly O[];
  readonly keys: readonly string[];
  readonly args: readonly Argument[];
}

/** The replies to all calls, whether the server knew the script or not. */
export async function callScript<O>(
  client: RedisClient,
  script: Script,
  calls: readonly ScriptCall<O>[],
): Promise<Reply[]> {
  const replies = [...(await client.pipeline(calls.map((call) => command('evalsha', script.sha, call))))];
  const unknown = calls.flatMap((call, index) =>
    replies[index]?.failure?.code === 'NOSCRIPT' ? [{ call, index }] : [],
  );
  if (unknown.length === 0) return replies;
  // The script goes along with each: the server may be told to forget it at any moment.
  const again = await client.pipeline(unknown.map(({ call }) => command('eval', script.text, call)));
  for (const [place, { index }] of unknown.entries()) {
    const reply = again[place];
    if (reply !== undefined) replies[index] = reply;
  }
  return replies;
}

function command<O>(name: string, script: string, { keys, args }: ScriptCall<O>): Command {
  return [name, script, keys.length, ...keys, ...args];
}
