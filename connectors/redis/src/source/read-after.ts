import type { RedisClient } from '../connection/client.js';
import { LUA_STREAM_IDS } from '../stream-id-lua.js';
import type { StreamPosition } from './stream-position.js';

/** What follows a position in a stream. */
export interface Following {
  /** Set when entries behind the position went away unread, or may have. */
  readonly gap: 'trimmed' | 'reset' | undefined;
  readonly entries: readonly RawEntry[];
}

export interface RawEntry {
  /** The position behind the entry. */
  readonly position: StreamPosition;
  readonly pairs: readonly Buffer[];
}

/**
 * One step for the server, so that nothing is trimmed between the look and the read. ARGV: the id of the position, how many entries, how many
 * had been added up to it or an empty string, whether it is of an entry that was there.
 *
 * A stream is trimmed from its beginning. So while the entry of the position or one before it is there, nothing behind it was trimmed. Once
 * all of them are gone, as many must be gone as had been added up to the position: more, and some behind it are gone; fewer, and it is
 * another stream under the same name. Where the numbers are not known (servers before 7.0, an id that somebody named), the doubt is told.
 */
const SCRIPT = `
${LUA_STREAM_IDS}
local key, position, count, before, known = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4] == '1'
if redis.call('EXISTS', key) == 0 then return {known and 'reset' or '', {}, 0, 0} end
local info = streamInfo(key)
local added, length, last = info['entries-added'], info['length'], info['last-generated-id']
local deleted, first = info['max-deleted-entry-id'], info['first-entry'] and info['first-entry'][1]

local function gap()
  if position == '0-0' or #redis.call('XRANGE', key, position, position) > 0 then return '' end
  if idBelow(last, position) then return known and 'reset' or '' end
  if first and idBelow(first, position) then
    return known and deleted and idBelow(deleted, position) and 'reset' or ''
  end
  if last == position then return '' end
  if not added then return 'trimmed' end
  if not before then return added > length and 'trimmed' or known and 'reset' or '' end
  if added - length > before then return 'trimmed' end
  return added - length < before and 'reset' or ''
end

local read = redis.call('XREAD', 'COUNT', count, 'STREAMS', key, position)
return {gap(), read and read[1][2] or {}, added or -1, length}
`;

/** Rejects with a `RedisFailure`. */
export async function readAfter(
  client: RedisClient,
  stream: string,
  { id, added }: StreamPosition,
  known: boolean,
  count: number,
): Promise<Following> {
  const reply = await client.commandBytes('eval', SCRIPT, 1, stream, id, count, added ?? '', known ? '1' : '0');
  const [gap, entries, total, length] = reply as [Buffer, [Buffer, Buffer[]][], number, number];
  const found = String(gap);
  const before = total < 0 ? undefined : countBefore(entries.length < count, entries.length, total, length, id, added);
  return {
    gap: found === 'trimmed' || found === 'reset' ? found : undefined,
    entries: entries.map(([entry, pairs], index) => ({
      position: { id: String(entry), ...(before === undefined ? {} : { added: before + index + 1 }) },
      pairs,
    })),
  };
}

/** How many entries had been added before those that were read. */
function countBefore(
  toTheEnd: boolean,
  read: number,
  total: number,
  length: number,
  id: string,
  added: number | undefined,
): number | undefined {
  if (toTheEnd) return total - read;
  return id === '0-0' ? total - length : added;
}

/** The end of a stream; `0-0` where there is no stream. Rejects with a `RedisFailure`. */
export async function endOfStream(client: RedisClient, stream: string): Promise<StreamPosition> {
  if ((await client.command('exists', stream)) === 0) return { id: '0-0' };
  const info = await client.command('xinfo', 'STREAM', stream);
  const field = (name: string): unknown => (Array.isArray(info) ? info[info.indexOf(name) + 1] : undefined);
  const added = Array.isArray(info) && info.includes('entries-added') ? Number(field('entries-added')) : undefined;
  return { id: String(field('last-generated-id')), ...(added === undefined ? {} : { added }) };
}
