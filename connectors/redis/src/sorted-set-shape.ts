import { versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import { bytesOf, kindOf, unfit, wellFormed } from './sink/value.js';

interface MemberScore {
  readonly member: string;
  /** As Redis reads it; empty: none any more. */
  readonly score: string;
}

/** Old tombstones that one removal looks for. */
const SAMPLE = 10;

/**
 * Arguments: member, score. A tombstone is `d<until>:version`. Some entries are drawn at each removal and those dropped whose time is over, so
 * that there are never many more than are needed. The hash of an empty set is a tombstone as a whole.
 */
const SCRIPT = versionedScript(
  2,
  `
local function forget(sibling, now)
  local drawn = redis.call('HRANDFIELD', sibling, ${SAMPLE}, 'WITHVALUES')
  for i = 1, #drawn, 2 do
    local till = string.match(drawn[i + 1], '^d(%d+):')
    if till and tonumber(till) < now then redis.call('HDEL', sibling, drawn[i]) end
  end
end

local function apply(key, sibling, sequence, version, first)
  local member, score = ARGV[first], ARGV[first + 1]
  local verdict = compare(redis.call('HGET', sibling, member), sequence, version)
  if verdict ~= 1 then return verdict end
  local empty = redis.call('ZCARD', key) == 0
  if score ~= '' then
    redis.call('ZADD', key, score, member)
    redis.call('HSET', sibling, member, mark(sequence, version))
    if empty then redis.call('PERSIST', sibling) end
    expire(key, sibling)
    return 1
  end
  redis.call('ZREM', key, member)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local till = string.format('%.0f', now + tonumber(TOMBSTONE))
  redis.call('HSET', sibling, member, 'd' .. till .. ':' .. mark(sequence, version))
  forget(sibling, now)
  if redis.call('EXISTS', key) == 0 then redis.call('PEXPIRE', sibling, TOMBSTONE) end
  return 1
end
`,
);

export function sortedSetShape<T>(
  component: string,
  member: (value: T) => string,
  score: (value: T) => number | null,
): Shape<T, MemberScore> {
  return {
    component,
    script: SCRIPT,
    keysOfAWrite: 2,
    setting: '',
    identity: (value) => ` ${member(value)}`,
    encoder: () => (value) => {
      const name = member(value);
      const points = score(value);
      if (typeof name !== 'string') throw unfit(component, '`member` to give a text', kindOf(name));
      wellFormed(component, '`member`', name);
      const content = { member: name, score: points === null ? '' : scoreText(component, points) };
      return { member: name, content, bytes: bytesOf(name) + content.score.length };
    },
    combine: (_, later) => later,
    argumentsOf: (content) => [content.member, content.score],
  };
}

function scoreText(component: string, score: number): string {
  if (typeof score !== 'number' || Number.isNaN(score)) {
    throw unfit(component, '`score` to give a number or null', kindOf(score));
  }
  if (Number.isFinite(score)) return String(score);
  return score > 0 ? '+inf' : '-inf';
}
