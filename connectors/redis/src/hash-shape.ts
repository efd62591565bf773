import type { Argument } from './connection/client.js';
import { versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import type { RedisValue } from './sink/sink-options.js';
import { argumentOfField, bytesOf, kindOf, unfit, wellFormed } from './sink/value.js';

/** What becomes of a hash. Fields that are `null` are removed. */
interface HashWrite {
  readonly mode: 'merge' | 'replace' | 'delete';
  readonly fields: ReadonlyMap<string, Argument | null>;
}

/** Arguments: the mode, the number of pairs, the pairs, the names to remove. SETTING: the field of the version. */
const SCRIPT = versionedScript(
  1,
  `
local function apply(key, _, sequence, version, first, last)
  local stored = call('HGET', key, SETTING)
  local verdict = compare(stored, sequence, version)
  if verdict ~= 1 then return verdict end
  local mode = ARGV[first]
  local removed = first + 2 + 2 * tonumber(ARGV[first + 1])
  if mode ~= 'merge' then call('DEL', key) end
  if mode == 'delete' then
    call('HSET', key, SETTING, 'd:' .. mark(sequence, version))
    call('PEXPIRE', key, TOMBSTONE)
    return 1
  end
  -- One command where the stack takes it: each costs as much as the rest of the write.
  local few = math.min(removed - 1, first + 1 + SPREAD)
  call('HSET', key, SETTING, mark(sequence, version), unpack(ARGV, first + 2, few))
  spread('HSET', key, few + 1, removed - 1)
  spread('HDEL', key, removed, last)
  if isTombstone(stored) then call('PERSIST', key) end
  expire(key)
  return 1
end
`,
);

export function hashShape<T>(
  component: string,
  fields: (value: T) => Readonly<Record<string, RedisValue | null>> | null,
  mode: 'merge' | 'replace',
  versionField: string,
): Shape<T, HashWrite> {
  return {
    component,
    script: SCRIPT,
    keysOfAWrite: 1,
    setting: versionField,
    identity: () => '',
    encoder: () => (value) => {
      const given = fields(value);
      if (given === null) return { member: '', content: { mode: 'delete', fields: new Map() }, bytes: 0 };
      if (typeof given !== 'object') throw unfit(component, '`fields` to give an object or null', kindOf(given));
      const made = new Map<string, Argument | null>();
      let bytes = 0;
      for (const [name, field] of Object.entries(given)) {
        if (name === versionField) throw unfit(component, 'fields that are not `versionField`', 'that one');
        wellFormed(component, 'the names of fields', name);
        const argument = field === null ? null : argumentOfField(component, name, field);
        made.set(name, argument);
        bytes += bytesOf(name) + (argument === null ? 0 : bytesOf(argument));
      }
      return { member: '', content: { mode, fields: made }, bytes };
    },
    combine(earlier, later) {
      if (later.mode !== 'merge') return later;
      if (earlier.mode === 'delete') return { mode: 'replace', fields: later.fields };
      return { mode: earlier.mode, fields: new Map([...earlier.fields, ...later.fields]) };
    },
    argumentsOf(content) {
      const made: Argument[] = [content.mode, 0];
      const removed: string[] = [];
      for (const [name, argument] of content.fields) {
        if (argument === null) removed.push(name);
        else made.push(name, argument);
      }
      made[1] = (made.length - 2) / 2;
      return removed.length === 0 ? made : [...made, ...removed];
    },
  };
}
