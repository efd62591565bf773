import type { RedisClient } from '../connection/client.js';
import { LUA_STREAM_IDS } from '../stream-id-lua.js';

/** What follows a position in a stream. */
export interface Following {
  /** Set when entries behind the position went away unread, or may have. */
  readonly gap: 'trimmed' | 'reset' | undefined;
  readonly entries: readonly RawEntry[];
}

export interface RawEntry {
  readonly id: string;
  readonly pairs: readonly Buffer[];
}

/** Where to read on. */
export interface StreamPosition {
  /** The last id that was read. */
  readonly id: string;
  /** It is of an entry that was there, and not one that somebody has named. */
  readonly known: boolean;
}

/**
 * One step for the server, so that nothing is trimmed between the look and the read.
 *
 * While the entry of the position is there, nothing right behind it can have been trimmed. Otherwise the highest id that was ever
 * deleted tells: at or below the position, nothing behind it was. An entry that is gone, and is above all that was ever deleted, was in a stream that
 * was itself deleted. Servers before 7.0 do not tell that id: then the loss of the entry alone is taken as the sign.
 */
const SCRIPT = `
${LUA_STREAM_IDS}
local key, position, count, known = KEYS[1], ARGV[1], ARGV[2], ARGV[3] == '1'
if redis.call('EXISTS', key) == 0 then return {known and 'reset' or '', {}} end
local read = redis.call('XREAD', 'COUNT', count, 'STREAMS', key, position)
local entries = read and read[1][2] or {}
if position == '0-0' or #redis.call('XRANGE', key, position, position) > 0 then return {'', entries} end
local deleted = streamInfo(key, 'max-deleted-entry-id')
if not deleted then return {known and 'trimmed' or '', entries} end
if idBelow(position, deleted) then return {'trimmed', entries} end
if known and idBelow(deleted, position) then return {'reset', entries} end
return {'', entries}
`;

/** Rejects with a `RedisFailure`. */
export async function readAfter(
  client: RedisClient,
  stream: string,
  { id, known }: StreamPosition,
  count: number,
): Promise<Following> {
  const reply = await client.commandBytes('eval', SCRIPT, 1, stream, id, count, known ? '1' : '0');
  const [gap, entries] = reply as [Buffer, [Buffer, Buffer[]][]];
  const found = String(gap);
  return {
    gap: found === 'trimmed' || found === 'reset' ? found : undefined,
    // An entry that was deleted between may come without fields.
    entries: entries.map(([entry, pairs]) => ({ id: String(entry), pairs: pairs ?? [] })),
  };
}

/** The last id that was ever given in the stream; `0-0` where there is no stream. */
export async function lastId(client: RedisClient, stream: string): Promise<string> {
  if ((await client.command('exists', stream)) === 0) return '0-0';
  const info = await client.command('xinfo', 'STREAM', stream);
  if (!Array.isArray(info)) return '0-0';
  return String(info[info.indexOf('last-generated-id') + 1]);
}
