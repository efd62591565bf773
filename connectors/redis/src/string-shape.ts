import type { Argument } from './connection/client.js';
import { versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import { bytesOf } from './sink/value.js';

/** One argument: the value. None: delete. */
const SCRIPT = versionedScript(
  2,
  `
local function apply(key, sibling, sequence, version, first, last)
  local verdict = compare(redis.call('GET', sibling), sequence, version)
  if verdict ~= 1 then return verdict end
  -- SET and DEL would take away whatever is there.
  if isOther(key, 'string') then return 'WRONGTYPE' end
  if last < first then
    redis.call('DEL', key)
    redis.call('SET', sibling, 'd:' .. mark(sequence, version), 'PX', TOMBSTONE)
    return 1
  end
  redis.call('SET', key, ARGV[first])
  redis.call('SET', sibling, mark(sequence, version))
  expire(key, sibling)
  return 1
end
`,
);

/** @param encode The value, or `null` to delete it. */
export function stringShape<T>(component: string, encode: (value: T) => Argument | null): Shape<T, Argument | null> {
  return {
    component,
    script: SCRIPT,
    keysOfAWrite: 2,
    setting: '',
    identity: () => '',
    encoder: () => (value) => {
      const content = encode(value);
      return { member: '', content, bytes: content === null ? 0 : bytesOf(content) };
    },
    combine: (_, later) => later,
    argumentsOf: (content) => (content === null ? [] : [content]),
  };
}
