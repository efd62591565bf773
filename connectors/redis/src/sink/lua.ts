import { createHash } from 'node:crypto';

/** A script and the name under which the server keeps it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** What a shape's `apply` answers for one write. */
export const VERDICT = { written: 1, same: 0, superseded: -1, newerGeneration: -2 } as const;

/** Arguments of `unpack` at a time: Lua's stack holds 8,000 values. */
export const SPREAD = 2000;

/**
 * Versions are `generation.sequence` or `generation.sequence.version`, in decimal; that of something deleted has `d:` or `d<until>:` before it.
 * They are compared as texts, by length first, because Lua's numbers end at 2^53.
 *
 * KEYS: the fences, unless FIELD is empty; then those of each write. ARGV: the names below; then for each write its sequence, its version or
 * an empty string, the number of its arguments, and these.
 */
const BEFORE = `
local FIELD, GENERATION, TOMBSTONE, EXPIRE, SETTING = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local KEYS, ARGV, call = KEYS, ARGV, redis.call
local PREFIX = GENERATION .. '.'

local function above(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end

local function compare(stored, sequence, version)
  if not stored then return 1 end
  -- What this run has written before needs no pattern.
  if version == '' and string.sub(stored, 1, #PREFIX) == PREFIX then
    local s = string.sub(stored, #PREFIX + 1)
    if sequence == s then return 0 end
    if not string.find(s, '%D') then return above(sequence, s) and 1 or -1 end
  end
  local g, s, v = string.match((string.gsub(stored, '^d%d*:', '')), '^(%d+)%.(%d+)%.?(%d*)$')
  if not g then return 1 end
  local versioned = version ~= '' and v ~= ''
  if versioned and version ~= v then return above(version, v) and 1 or -1 end
  if GENERATION ~= g then
    if above(GENERATION, g) then return 1 end
    return versioned and -1 or -2
  end
  if sequence == s then return 0 end
  return above(sequence, s) and 1 or -1
end

local function mark(sequence, version)
  local text = PREFIX .. sequence
  return version == '' and text or text .. '.' .. version
end

local function isTombstone(stored)
  return stored and string.byte(stored) == 100
end

local SPREAD = ${SPREAD}

local function spread(command, key, first, last)
  for from = first, last, SPREAD do
    call(command, key, unpack(ARGV, from, math.min(from + SPREAD - 1, last)))
  end
end

local function expire(...)
  if EXPIRE == '0' then return end
  for _, key in ipairs({...}) do call('PEXPIRE', key, EXPIRE) end
end

local function isOther(key, type)
  local found = call('TYPE', key).ok
  return found ~= type and found ~= 'none'
end
`;

const AFTER = `
local k = 0
if FIELD ~= '' then
  local held = call('HGET', KEYS[1], FIELD)
  local least = held and string.match(held, '^(%d+) ')
  if least and above(least, GENERATION) then return 'FENCED' end
  k = 1
end
local verdicts = {}
local a = 6
while a <= #ARGV do
  local n = tonumber(ARGV[a + 2])
  verdicts[#verdicts + 1] = apply(KEYS[k + 1], KEYS[k + 2], ARGV[a], ARGV[a + 1], a + 3, a + 2 + n)
  k = k + KEYS_OF_A_WRITE
  a = a + 3 + n
end
return verdicts
`;

/**
 * The script of a shape. Its `body` defines `apply(key, sibling, sequence, version, first, last)`, which answers a verdict; the arguments of the
 * write are ARGV[first] to ARGV[last].
 */
export function versionedScript(keysOfAWrite: number, body: string): Script {
  return scriptOf(`${BEFORE}${body}${AFTER.replace('KEYS_OF_A_WRITE', String(keysOfAWrite))}`);
}
