import type { Argument } from './connection/client.js';
import { SPREAD, versionedScript } from './sink/lua.js';
import type { Shape } from './sink/shape.js';
import type { RedisValue } from './sink/sink-options.js';
import { argumentOfField, bytesOf, kindOf, unfit, wellFormed } from './sink/value.js';

/** What becomes of a hash. Fields that are `null` are removed. */
interface HashWrite {
  readonly mode: 'merge' | 'replace' | 'delete';
  /** The same array for elements that follow each other and have the same fields. */
  readonly names: readonly string[];
  readonly values: readonly (Argument | null)[];
}

/**
 * Arguments: the mode, the number of pairs, the pairs, the names to remove. Or `=` and the values alone: the mode and the names are those of the
 * write before, which removes none. SETTING: the field of the version.
 */
const SCRIPT = versionedScript(
  1,
  `
-- Where the last write begins that has names.
local named
local pairs = {}

local function apply(key, _, sequence, version, first, last)
  local alike = ARGV[first] == '='
  if not alike then named = first end
  local stored = call('HGET', key, SETTING)
  local verdict = compare(stored, sequence, version)
  if verdict ~= 1 then return verdict end
  local mode = ARGV[named]
  if mode ~= 'merge' then call('DEL', key) end
  if mode == 'delete' then
    call('HSET', key, SETTING, 'd:' .. mark(sequence, version))
    call('PEXPIRE', key, TOMBSTONE)
    return 1
  end
  -- One command where the stack takes it: each costs as much as the rest of the write.
  if alike then
    local n = 0
    for value = first + 1, last do
      pairs[n + 1], pairs[n + 2] = ARGV[named + 2 + n], ARGV[value]
      n = n + 2
    end
    call('HSET', key, SETTING, mark(sequence, version), unpack(pairs, 1, n))
  else
    local removed = first + 2 + 2 * tonumber(ARGV[first + 1])
    local few = math.min(removed - 1, first + 1 + SPREAD)
    call('HSET', key, SETTING, mark(sequence, version), unpack(ARGV, first + 2, few))
    spread('HSET', key, few + 1, removed - 1)
    spread('HDEL', key, removed, last)
  end
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
    encoder() {
      let known: Names = { names: [], bytes: 0 };
      return (value) => {
        const given = fields(value);
        if (given === null) return { member: '', content: { mode: 'delete', names: [], values: [] }, bytes: 0 };
        if (typeof given !== 'object') throw unfit(component, '`fields` to give an object or null', kindOf(given));
        const entries = Object.entries(given);
        if (!areNamed(entries, known.names)) known = namesOf(component, entries, versionField);
        const values: (Argument | null)[] = [];
        let { bytes } = known;
        for (const [name, field] of entries) {
          const argument = field === null ? null : argumentOfField(component, name, field);
          values.push(argument);
          if (argument !== null) bytes += bytesOf(argument);
        }
        return { member: '', content: { mode, names: known.names, values }, bytes };
      };
    },
    combine(earlier, later) {
      if (later.mode !== 'merge') return later;
      if (earlier.mode === 'delete') return { ...later, mode: 'replace' };
      const fieldsOfBoth = new Map([...fieldsOf(earlier), ...fieldsOf(later)]);
      return { mode: earlier.mode, names: [...fieldsOfBoth.keys()], values: [...fieldsOfBoth.values()] };
    },
    argumentsOf(content, before) {
      if (before !== undefined && areAlike(content, before)) return ['=', ...(content.values as Argument[])];
      const made: Argument[] = [content.mode, 0];
      const removed: string[] = [];
      for (const [name, argument] of fieldsOf(content)) {
        if (argument === null) removed.push(name);
        else made.push(name, argument);
      }
      made[1] = (made.length - 2) / 2;
      return removed.length === 0 ? made : [...made, ...removed];
    },
  };
}

interface Names {
  readonly names: readonly string[];
  readonly bytes: number;
}

function areNamed(entries: readonly (readonly [string, unknown])[], names: readonly string[]): boolean {
  if (entries.length !== names.length) return false;
  for (let at = 0; at < names.length; at++) if (entries[at]?.[0] !== names[at]) return false;
  return true;
}

/** Errors: SLUICE_REDIS_VALUE. */
function namesOf(component: string, entries: readonly (readonly [string, unknown])[], versionField: string): Names {
  let bytes = 0;
  for (const [name] of entries) {
    if (name === versionField) throw unfit(component, 'fields that are not `versionField`', 'that one');
    wellFormed(component, 'the names of fields', name);
    bytes += bytesOf(name);
  }
  return { names: entries.map(([name]) => name), bytes };
}

function* fieldsOf({ names, values }: HashWrite): Generator<readonly [string, Argument | null]> {
  for (const [at, name] of names.entries()) yield [name, values[at] ?? null];
}

/** Whether of this write the values alone need be told. */
function areAlike(content: HashWrite, before: HashWrite): boolean {
  const { mode, names, values } = content;
  if (names !== before.names || mode !== before.mode || 2 * names.length > SPREAD) return false;
  return mode !== 'delete' && !values.includes(null) && !before.values.includes(null);
}
