import { SluiceError, type SourceSplit } from '@sluice/connector-sdk';
import { checkServer } from '../connection/check-server.js';
import { RedisClient } from '../connection/client.js';
import { failureOf, isTransient } from '../connection/failure.js';
import { refused, unavailable } from '../connection/redis-error.js';
import { lastId } from './read-after.js';
import type { StreamSettings } from './stream-settings.js';

/** One stream. What depends on when the job started is kept with it, so that a restart reads the same. */
export interface StreamSplit {
  readonly stream: string;
  /** Read begins behind this id. */
  readonly after: string;
  /** And ends with this one. */
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
      const last = await lastId(client, stream);
      const after = startingAt === 'earliest' ? '0-0' : startingAt === 'latest' ? last : startingAt;
      splits.push({ id: stream, split: { stream, after, ...(bounded ? { until: last } : {}) } });
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
