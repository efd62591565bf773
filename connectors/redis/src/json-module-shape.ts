import { versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import { stringShape } from './string-shape.js';

/** One argument: the document. None: delete. JSON.SET refuses a key of another type itself. */
const SCRIPT = versionedScript(
  2,
  `
local function apply(key, sibling, sequence, version, first, last)
  local verdict = compare(redis.call('GET', sibling), sequence, version)
  if verdict ~= 1 then return verdict end
  if last < first then
    if isOther(key, 'ReJSON-RL') then return 'WRONGTYPE' end
    redis.call('DEL', key)
    redis.call('SET', sibling, 'd:' .. mark(sequence, version), 'PX', TOMBSTONE)
    return 1
  end
  redis.call('JSON.SET', key, '$', ARGV[first])
  redis.call('SET', sibling, mark(sequence, version))
  if EXPIRE == '0' then redis.call('PERSIST', key) end
  expire(key, sibling)
  return 1
end
`,
);

export function jsonModuleShape<T>(component: string, encode: (value: T) => string | null): Shape<T, string | null> {
  const { encoder, combine, ...rest } = stringShape(component, encode);
  return {
    ...rest,
    script: SCRIPT,
    command: { name: 'JSON.SET', remedy: "load RedisJSON, or set `storage: 'string'`" },
    encoder: encoder as Shape<T, string | null>['encoder'],
    combine: (_, later) => later,
  };
}
