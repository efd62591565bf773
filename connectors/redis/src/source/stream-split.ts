import { SluiceError, type SourceSplit } from '@sluice/connector-sdk';
import { checkServer } from '../connection/check-server.js';
import { RedisClient } from '../connection/client.js';
import { failureOf, isTransient } from '../connection/failure.js';
import { refused, unavailable } from '../connection/redis-error.js';
import { endOfStream } from './read-after.js';
import type { StreamPosition } from './stream-position.js';
import type { StreamSettings } from './stream-settings.js';

/** One stream. What depends on when the job started is kept with it, so that a restart reads the same. */
export interface StreamSplit {
  readonly stream: string;
  /** Where it begins. */
  readonly after: StreamPosition;
  /** That is where an entry was, and not an id that somebody named. */
  readonly known: boolean;
  /** It ends with this id. */
  readonly until?: string;
}

/** Errors: those of connecting, SLUICE_REDIS_COMMAND for a key that is no stream. */
export async function discoverStreams<T>(
  { component, connection, streams, startingAt, bounded }: StreamSettings<T>,
  signal: AbortSignal,
): Promise<readonly SourceSplit<StreamSplit>[]> {
  const client = await RedisClient.open(connection, signal);
  try {
    await checkServer(client, component);
    const splits: SourceSplit<StreamSplit>[] = [];
    for (const stream of streams) {
      const end = await endOfStream(client, stream);
      const after = startingAt === 'latest' ? end : { id: startingAt === 'earliest' ? '0-0' : startingAt };
      const known = startingAt === 'latest' && end.id !== '0-0';
      splits.push({ id: stream, split: { stream, after, known, ...(bounded ? { until: end.id } : {}) } });
    }
    return splits;
  } catch (error) {
    signal.throwIfAborted();
    if (SluiceError.isInstance(error)) throw error;
    const failure = failureOf(error);
    throw isTransient(failure) ? unavailable(component, failure, 0) : refused(component, 'a stream to read', failure);
  } finally {
    client.close();
  }
}
