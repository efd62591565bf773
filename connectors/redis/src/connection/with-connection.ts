import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '@sluice/connector-sdk';
import { RedisClient } from './client.js';
import type { ConnectionSettings } from './connection-settings.js';
import { failureOf, isTransient } from './failure.js';
import { refused, unavailable } from './redis-error.js';

const ATTEMPTS = 5;
const FIRST_PAUSE = 20;

/**
 * Opens a connection and does something that may be repeated. A connection that is cut off, which says nothing about the server, is made
 * again after a moment. Closes it when `use` fails; else it is the caller's.
 */
export async function withConnection<R>(
  settings: ConnectionSettings,
  signal: AbortSignal,
  expected: string,
  use: (client: RedisClient) => Promise<R>,
): Promise<{ readonly client: RedisClient; readonly result: R }> {
  for (let attempt = 1; ; attempt++) {
    let client: RedisClient | undefined;
    try {
      client = await RedisClient.open(settings, signal);
      return { client, result: await use(client) };
    } catch (error) {
      client?.close();
      signal.throwIfAborted();
      if (attempt < ATTEMPTS && wasCutOff(error)) {
        await sleep(FIRST_PAUSE * 2 ** (attempt - 1), undefined, { signal });
        continue;
      }
      if (SluiceError.isInstance(error)) throw error;
      const failure = failureOf(error);
      throw isTransient(failure)
        ? unavailable(settings.component, failure)
        : refused(settings.component, expected, failure);
    }
  }
}

function wasCutOff(error: unknown): boolean {
  const reason = SluiceError.isInstance(error) ? error.cause : error;
  return ['CLOSED', 'ECONNRESET', 'EPIPE'].includes(failureOf(reason).code);
}
