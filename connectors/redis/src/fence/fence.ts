import { type PluginContext, SluiceError } from '@sluice/connector-sdk';
import type { RedisClient } from '../connection/client.js';

/**
 * Who may write. One hash holds, for each sink of each job, `least incarnation epoch`: generations below `least` are of older runs; and under `#`
 * the last generation that was given to anybody.
 *
 * A generation is what versions begin with: a number that goes up with every start of any sink of this prefix, so that a later start always
 * beats an earlier one, whatever job, incarnation or epoch it is of. It is at least the server's clock in milliseconds: a hash that
 * was lost (evicted, flushed, not yet replicated) does not make it begin at 1 below what the keys hold. The clock decides nothing else.
 */
export interface Fence {
  readonly key: string;
  /** The hash's field of this sink. */
  readonly field: string;
  readonly generation: string;
}

const RAISE = `
local held = redis.call('HGET', KEYS[1], ARGV[1])
local least
if held then
  local g, incarnation, epoch = string.match(held, '^(%d+) (%S+) (%d+)$')
  if incarnation == ARGV[2] then
    if tonumber(epoch) > tonumber(ARGV[3]) then return 'FENCED' end
    if tonumber(epoch) == tonumber(ARGV[3]) then least = g end
  end
end
local last = tonumber(redis.call('HGET', KEYS[1], '#') or '0')
local time = redis.call('TIME')
local generation = string.format('%.0f', math.max(last + 1, time[1] * 1000 + math.floor(time[2] / 1000)))
redis.call('HSET', KEYS[1], '#', generation, ARGV[1], (least or generation) .. ' ' .. ARGV[2] .. ' ' .. ARGV[3])
return generation
`;

/** Shuts older runs out. Errors: SLUICE_FENCED when this run is the older one, else a `RedisFailure`. */
export async function raiseFence(
  client: RedisClient,
  component: string,
  prefix: string,
  context: PluginContext,
): Promise<Fence> {
  const key = `${prefix}sluice:fences`;
  const field = `${encodeURIComponent(context.job)}/${encodeURIComponent(context.uid)}`;
  const incarnation = encodeURIComponent(context.incarnation) || '-';
  const generation = await client.command('eval', RAISE, 1, key, field, incarnation, context.epoch);
  if (typeof generation !== 'string' || generation === 'FENCED') throw fenced(component);
  return { key, field, generation };
}

/** Where a script cannot look at the fence, because it lies in another slot. Rejects with a `RedisFailure`. */
export async function isShutOut(client: RedisClient, { key, field, generation }: Fence): Promise<boolean> {
  const held = await client.command('hget', key, field);
  return typeof held === 'string' && BigInt(held.split(' ', 1)[0] ?? 0) > BigInt(generation);
}

export function fenced(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_FENCED',
    component,
    expected: 'to be the newest run of this job',
    actual: 'a newer run that has taken over the keys',
    remedy: 'stop this run; or stop the other one and start again',
  });
}
