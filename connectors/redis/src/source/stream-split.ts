import type { SourceSplit } from '@sluice/connector-sdk';
import { checkServer } from '../connection/check-server.js';
import { withConnection } from '../connection/with-connection.js';
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
  const { client, result } = await withConnection(connection, signal, 'a stream to read', async (opened) => {
    await checkServer(opened, component);
    const splits: SourceSplit<StreamSplit>[] = [];
    for (const stream of streams) {
      const end = await endOfStream(opened, stream);
      const after = startingAt === 'latest' ? end : { id: startingAt === 'earliest' ? '0-0' : startingAt };
      const known = startingAt === 'latest' && end.id !== '0-0';
      splits.push({ id: stream, split: { stream, after, known, ...(bounded ? { until: end.id } : {}) } });
    }
    return splits;
  });
  client.close();
  return result;
}
