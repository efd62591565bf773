import type { Argument } from './connection/client.js';
import { versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import type { RedisValue } from './sink/sink-options.js';
import { argumentOf, bytesOf, kindOf, unfit } from './sink/value.js';

/** Arguments: the items. None: delete. */
const SCRIPT = versionedScript(
  2,
  `
local function apply(key, sibling, sequence, version, first, last)
  local verdict = compare(redis.call('GET', sibling), sequence, version)
  if verdict ~= 1 then return verdict end
  if isOther(key, 'list') then return 'WRONGTYPE' end
  redis.call('DEL', key)
  if last < first then
    redis.call('SET', sibling, 'd:' .. mark(sequence, version), 'PX', TOMBSTONE)
    return 1
  end
  spread('RPUSH', key, first, last)
  redis.call('SET', sibling, mark(sequence, version))
  expire(key, sibling)
  return 1
end
`,
);

export function listShape<T>(
  component: string,
  items: (value: T) => readonly RedisValue[] | null,
): Shape<T, readonly Argument[]> {
  return {
    component,
    script: SCRIPT,
    keysOfAWrite: 2,
    setting: '',
    identity: () => '',
    encoder: () => (value) => {
      const given = items(value) ?? [];
      if (!Array.isArray(given)) throw unfit(component, '`items` to give a list or null', kindOf(given));
      const content = (given as readonly RedisValue[]).map((item) => argumentOf(component, 'each item', item));
      return { member: '', content, bytes: content.reduce((sum: number, item) => sum + bytesOf(item), 0) };
    },
    combine: (_, later) => later,
    argumentsOf: (content) => content,
  };
}
