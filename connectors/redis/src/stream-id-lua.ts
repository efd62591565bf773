/** Ids are compared as texts, by length first: Lua's numbers end at 2^53. */
export const LUA_STREAM_IDS = `
local function idBelow(a, b)
  local am, as = string.match(a, '^(%d+)-(%d+)$')
  local bm, bs = string.match(b, '^(%d+)-(%d+)$')
  if am ~= bm then
    if #am ~= #bm then return #am < #bm end
    return am < bm
  end
  if #as ~= #bs then return #as < #bs end
  return as < bs
end

local function streamInfo(key)
  local reply, info = redis.call('XINFO', 'STREAM', key), {}
  for i = 1, #reply, 2 do info[reply[i]] = reply[i + 1] end
  return info
end
`;
