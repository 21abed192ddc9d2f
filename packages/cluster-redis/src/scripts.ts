/**
 * All that Redis decides, in scripts that it runs one after the other. A node's place is a hash, `<prefix>node:<node>`, with a time to live that the node renews:
 * the field "" is the number of its last broadcast, each other field an id that it holds, `h` (here) or `a` (away) and the client's instance. So a
 * lease that runs out takes all ids of the node with it, and nothing is left behind. `<prefix>nodes` names the places, `<prefix>fence` is the highest fence.
 */

/** Fences are times, and never twice the same: they go on rising although nothing of Redis' memory is left. The last is kept while there are places. */
const fence = `
local function fence(key, lease)
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local last = tonumber(redis.call('GET', key) or '0')
  if now <= last then now = last + 1 end
  redis.call('SET', key, string.format('%.0f', now), 'PX', lease)
  return string.format('%.0f', now)
end
`;

/** KEYS fence. ARGV prefix, lease. Answers the name of a new place, which nobody sees yet: who is seen must hear. */
const register = `${fence}
local node = fence(KEYS[1], ARGV[2])
redis.call('HSET', ARGV[1] .. 'node:' .. node, '', '0')
redis.call('PEXPIRE', ARGV[1] .. 'node:' .. node, ARGV[2])
return node
`;

/** KEYS nodes, fence, own. ARGV prefix, lease, self, sent. Answers the other nodes, and what each had sent; null when the place is lost. */
const renew = `
if redis.call('PEXPIRE', KEYS[3], ARGV[2]) == 0 then return false end
redis.call('HSET', KEYS[3], '', ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[2])
redis.call('SADD', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local others = {}
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local sent = redis.call('HGET', ARGV[1] .. 'node:' .. node, '')
  if not sent then
    redis.call('SREM', KEYS[1], node)
  elseif node ~= ARGV[3] then
    others[#others + 1] = node
    others[#others + 1] = sent
  end
end
return others
`;

/**
 * KEYS nodes, fence, own. ARGV prefix, lease, id, instance, has resume ("1"), policy. Answers "" when the claim is refused, null when the place is lost, else the
 * fence and whether another node held the id. The rules are those of docs/protocol.md, section 2.
 */
const claim = `${fence}
if redis.call('EXISTS', KEYS[3]) == 0 then return false end
local elsewhere = '0'
for _, node in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local key = ARGV[1] .. 'node:' .. node
  local held = redis.call('HGET', key, ARGV[3])
  if held then
    if string.sub(held, 1, 1) == 'h' and ARGV[5] ~= '1' and ARGV[6] == 'reject' then return '' end
    if key ~= KEYS[3] then
      redis.call('HDEL', key, ARGV[3])
      elsewhere = '1'
    end
  end
end
redis.call('HSET', KEYS[3], ARGV[3], 'h' .. ARGV[4])
return {fence(KEYS[2], ARGV[2]), elsewhere}
`;

/** KEYS own. ARGV id, instance, state ("h", "a" or "g" for gone). */
const note = `
local held = redis.call('HGET', KEYS[1], ARGV[1])
if not held then return 0 end
if ARGV[3] ~= 'g' then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3] .. ARGV[2])
elseif string.sub(held, 2) == ARGV[2] then
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return 1
`;

/**
 * KEYS nodes, fence, own, the former place. ARGV prefix, lease, self, then an id and what is held of it, and so on. From now on the place is seen, and holds what no
 * other node does. Answers the fence, and the numbers (from 0) of those that others hold.
 */
const reclaim = `${fence}
if redis.call('EXISTS', KEYS[3]) == 0 then return false end
redis.call('SADD', KEYS[1], ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local nodes = redis.call('SMEMBERS', KEYS[1])
local answer = {fence(KEYS[2], ARGV[2])}
for index = 4, #ARGV, 2 do
  local isFree = true
  for _, node in ipairs(nodes) do
    local key = ARGV[1] .. 'node:' .. node
    if key ~= KEYS[3] and key ~= KEYS[4] and redis.call('HEXISTS', key, ARGV[index]) == 1 then isFree = false end
  end
  if isFree then
    redis.call('HSET', KEYS[3], ARGV[index], ARGV[index + 1])
  else
    answer[#answer + 1] = (index - 4) / 2
  end
end
return answer
`;

/** KEYS nodes, the place. ARGV its name. */
const leave = `
redis.call('SREM', KEYS[1], ARGV[1])
return redis.call('DEL', KEYS[2])
`;

export type ScriptName = "register" | "renew" | "claim" | "note" | "reclaim" | "leave";
export const scripts: { readonly [N in ScriptName]: string } = { register, renew, claim, note, reclaim, leave };
