import { randomUUID } from 'node:crypto';
import { SluiceError } from '@sluice/connector-sdk';
import { checkServer } from '../connection/check-server.js';
import { failureOf } from '../connection/failure.js';
import { withConnection } from '../connection/with-connection.js';
import { siblingOf } from './key.js';
import type { Shape } from './shape.js';
import type { SinkSettings } from './sink-settings.js';

/** Milliseconds that the key of the check stays. */
const PROBE = 1000;
const WRITE = "return redis.call('SET', KEYS[1], '', 'PX', ARGV[1])";

/** Fails, with a remedy, when the server cannot be written to. */
export async function checkSink<T>(
  settings: SinkSettings<T>,
  { command, keysOfAWrite }: Pick<Shape<T, never>, 'command' | 'keysOfAWrite'>,
  signal: AbortSignal,
): Promise<void> {
  const { component, connection, prefix } = settings;
  const { client } = await withConnection(connection, signal, 'a key to be written', async (opened) => {
    await checkServer(opened, component);
    if (command !== undefined && !knows(await opened.command('command', 'info', command.name))) {
      throw missingCommand(component, command.name, command.remedy);
    }
    const key = `${prefix}sluice:check:${randomUUID()}`;
    // Permissions go by patterns of keys: the one beside it has to fit as well.
    const keys = keysOfAWrite === 1 ? [key] : [key, siblingOf(key)];
    await opened.command('eval', WRITE, keys.length, ...keys, PROBE).catch((error) => {
      throw failureOf(error).code === 'READONLY' ? readOnly(component) : error;
    });
  });
  client.close();
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
