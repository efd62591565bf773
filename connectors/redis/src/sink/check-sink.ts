import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/connector-sdk';
import { checkServer } from '../connection/check-server.js';
import { RedisClient } from '../connection/client.js';
import { failureOf, isTransient } from '../connection/failure.js';
import { refused, unavailable } from '../connection/redis-error.js';
import type { Shape } from './shape.js';
import type { SinkSettings } from './sink-settings.js';

/** Milliseconds that the key of the check stays. */
const PROBE = 1000;
const WRITE = "return redis.call('SET', KEYS[1], '', 'PX', ARGV[1])";

/** Fails, with a remedy, when the server cannot be written to. */
export async function checkSink<T>(
  settings: SinkSettings<T>,
  command: Shape<T, never>['command'],
  signal: AbortSignal,
): Promise<void> {
  const { component, connection, prefix } = settings;
  const client = await RedisClient.open(connection, signal);
  try {
    await checkServer(client, component);
    if (command !== undefined && !knows(await client.command('command', 'info', command.name))) {
      throw missingCommand(component, command.name, command.remedy);
    }
    await client.command('eval', WRITE, 1, `${prefix}sluice:check:${randomUUID()}`, PROBE);
  } catch (error) {
    if (SluiceError.isInstance(error)) throw error;
    signal.throwIfAborted();
    const failure = failureOf(error);
    if (failure.code === 'READONLY') throw readOnly(component);
    throw isTransient(failure)
      ? unavailable(component, failure, 0)
      : refused(component, 'a key to be written', failure);
  } finally {
    client.close();
  }
}

function knows(reply: unknown): boolean {
  return Array.isArray(reply) && reply[0] !== null;
}

function readOnly(component: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_READ_ONLY',
    component,
    expected: 'a server that takes writes',
    actual: 'a replica',
    remedy: 'connect to the master, or to Sentinels or a cluster that know it',
    transient: true,
  });
}

function missingCommand(component: string, name: string, remedy: string): SluiceError {
  return new SluiceError({
    code: 'SLUICE_REDIS_MODULE',
    component,
    expected: `a server that knows ${name}`,
    actual: 'one that does not',
    remedy,
  });
}
