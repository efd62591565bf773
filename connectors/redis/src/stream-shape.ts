import type { Argument } from './connection/client.js';
import { versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import type { RedisValue } from './sink/sink-options.js';
import { argumentOfField, bytesOf, unfit } from './sink/value.js';
import { isAbove, parseStreamId, type StreamId, streamIdText } from './stream-id.js';
import { LUA_STREAM_IDS } from './stream-id-lua.js';

interface StreamEntryWrite {
  readonly id: string;
  /** The run has already written a later one to the stream. */
  readonly behind: boolean;
  readonly pairs: readonly Argument[];
}

/**
 * Arguments: for each entry its id, whether it came behind a later one, the number of its pairs, the pairs. SETTING: MAXLEN or empty.
 * What went away is told from what never was there by the first entry and the highest id that was ever deleted.
 */
const SCRIPT = versionedScript(
  2,
  `
${LUA_STREAM_IDS}
local function add(key, id, behind, from, to)
  local command = SETTING == '' and {'XADD', key, id} or {'XADD', key, 'MAXLEN', '~', SETTING, id}
  for i = from, to do command[#command + 1] = ARGV[i] end
  local added = redis.pcall(unpack(command))
  if type(added) ~= 'table' or not added.err then return 1 end
  if not string.find(added.err, 'equal or smaller', 1, true) then return redis.call(unpack(command)) end
  if #redis.call('XRANGE', key, id, id) > 0 then return 0 end
  if behind == '1' then return 'BEHIND' end
  local oldest = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  if not oldest or idBelow(id, oldest[1]) then return 0 end
  local deleted = streamInfo(key)['max-deleted-entry-id']
  if deleted and not idBelow(deleted, id) then return 0 end
  return 'BEHIND'
end

local function apply(key, sibling, _, _, first, last)
  local held = redis.call('GET', sibling)
  if held and above(held, GENERATION) then return -2 end
  if held ~= GENERATION then redis.call('SET', sibling, GENERATION) end
  local verdicts = {}
  local a = first
  while a <= last do
    local n = 2 * tonumber(ARGV[a + 2])
    local verdict = add(key, ARGV[a], ARGV[a + 1], a + 3, a + 2 + n)
    verdicts[#verdicts + 1] = verdict
    a = a + 3 + n
  end
  expire(key, sibling)
  return verdicts
end
`,
);

export function streamShape<T>(
  component: string,
  id: (value: T) => string,
  fields: (value: T) => Readonly<Record<string, RedisValue>>,
  maxLength: number | undefined,
): Shape<T, readonly StreamEntryWrite[]> {
  return {
    component,
    script: SCRIPT,
    keysOfAWrite: 2,
    setting: maxLength === undefined ? '' : String(maxLength),
    identity: (value) => ` ${id(value)}`,
    encoder() {
      const highest = new Map<string, StreamId>();
      return (value, key) => {
        const given = parseStreamId(id(value));
        if (given === undefined)
          throw unfit(component, '`id` to give an id such as `5-1`, above `0-0`', 'another text');
        const pairs = Object.entries(fields(value)).flatMap(([name, field]): Argument[] => [
          name,
          argumentOfField(component, name, field),
        ]);
        if (pairs.length === 0) throw unfit(component, '`fields` to give at least one', 'none');
        const before = highest.get(key);
        const behind = before !== undefined && isAbove(before, given);
        if (!behind) highest.set(key, given);
        const entry = { id: streamIdText(given), behind, pairs };
        return {
          member: '',
          content: [entry],
          bytes: 40 + pairs.reduce((sum: number, pair) => sum + bytesOf(pair), 0),
        };
      };
    },
    combine: (earlier, later) => [...earlier, ...later],
    argumentsOf: (entries) =>
      entries.flatMap((entry) => [entry.id, entry.behind ? '1' : '0', entry.pairs.length / 2, ...entry.pairs]),
  };
}
