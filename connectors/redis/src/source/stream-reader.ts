import { type PluginContext, SluiceError, type SourceBatch, type SourceReader } from '@sluice/connector-sdk';
import type { RedisClient } from '../connection/client.js';
import { failureOf, isLogin, isTransient } from '../connection/failure.js';
import { refused, unavailable } from '../connection/redis-error.js';
import { withConnection } from '../connection/with-connection.js';
import { isAbove, parseStreamId } from '../stream-id.js';
import { entryBatch } from './entry-batch.js';
import { endOfStream, readAfter } from './read-after.js';
import { streamTrimmed } from './stream-error.js';
import type { StreamPosition } from './stream-position.js';
import type { StreamSettings } from './stream-settings.js';
import type { StreamSplit } from './stream-split.js';

const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1000;

/** Reads streams, each over a connection of its own, because a read that waits holds its connection. */
export function streamReader<T>(
  context: PluginContext,
  settings: StreamSettings<T>,
): SourceReader<T, StreamSplit, StreamPosition> {
  const { component, connection, count, block, trimmed } = settings;
  const opened = new Set<RedisClient>();
  const skipped = context.metrics.counter('sluice_redis_entries_skipped_total', 'Entries that `value` threw at');
  const patient = { ...connection, commandTimeout: connection.commandTimeout + block };

  /** Tries again what may go well a little later. */
  async function persistently<R>(client: RedisClient, signal: AbortSignal, action: () => Promise<R>): Promise<R> {
    const deadline = context.clock.now() + connection.retryTimeout;
    for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      try {
        return await action();
      } catch (error) {
        signal.throwIfAborted();
        const failure = failureOf(error);
        if (isLogin(failure) || !isTransient(failure)) throw refused(component, 'a stream to be read', failure);
        if (context.clock.now() >= deadline) throw unavailable(component, failure, connection.retryTimeout);
        if (failure.code === 'TIMEOUT') client.renew();
        await context.clock.sleep(pause, signal);
      }
    }
  }

  async function* batches(
    client: RedisClient,
    { stream, until }: StreamSplit,
    start: { readonly position: StreamPosition; readonly known: boolean },
    signal: AbortSignal,
  ): AsyncGenerator<SourceBatch<T, StreamPosition>> {
    let { position, known } = start;
    for (;;) {
      const { gap, entries } = await persistently(client, signal, () =>
        readAfter(client, stream, position, known, count),
      );
      if (gap !== undefined) {
        if (trimmed === 'fail') throw streamTrimmed(component, stream, position.id, gap);
        context.report('redisStreamTrimmed', { stream, after: position.id, gap });
      }
      if (gap === 'reset') {
        position = { id: '0-0' };
        known = false;
        continue;
      }
      const taken = until === undefined ? entries : entries.filter((entry) => !isBehind(entry.position.id, until));
      const { batch, failure } = entryBatch(settings, stream, taken, entries.length === count, skipped);
      if (batch !== undefined) yield batch;
      if (failure !== undefined) throw failure;
      const last = taken.at(-1)?.position;
      if (until !== undefined && (last === undefined || taken.length < entries.length || last.id === until)) return;
      if (last !== undefined) {
        position = last;
        known = true;
      } else if (gap === 'trimmed') {
        position = await persistently(client, signal, () => endOfStream(client, stream));
        known = true;
      } else {
        await persistently(client, signal, () =>
          client.commandBytes('xread', 'COUNT', 1, 'BLOCK', block, 'STREAMS', stream, position.id),
        );
      }
    }
  }

  return {
    async *read({ split }, position, signal) {
      const { client } = await withConnection(patient, signal, 'a stream to be read', async () => {});
      opened.add(client);
      const stop = () => client.close();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const { after, known } = split;
        const start = position === undefined ? { position: after, known } : { position, known: true };
        yield* batches(client, split, start, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (SluiceError.isInstance(error)) throw error;
        throw refused(component, 'a stream to be read', failureOf(error));
      } finally {
        signal.removeEventListener('abort', stop);
        opened.delete(client);
        client.close();
      }
    },
    async close() {
      for (const client of opened) client.close();
    },
  };
}

function isBehind(id: string, until: string): boolean {
  const [one, other] = [parseStreamId(id), parseStreamId(until)];
  return one !== undefined && (other === undefined || isAbove(one, other));
}
