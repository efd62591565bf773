import { defineSource, type Source, structuredCodec } from '@sluice/connector-sdk';
import type { RedisStreamSourceOptions } from './stream-options.js';
import type { StreamPosition } from './stream-position.js';
import { streamReader } from './stream-reader.js';
import { streamSettings } from './stream-settings.js';
import { discoverStreams, type StreamSplit } from './stream-split.js';

/**
 * A replayable source of the entries of Redis streams.
 *
 * Each stream is a split that is read in order over a connection of its own; it emits one value for each entry, with the milliseconds of the
 * entry's id as its timestamp. The position is the id of the last entry emitted, with the
 * number of entries up to it: it is all the state there is, and no consumer group is used. The
 * source never ends, unless `bounded` is set.
 *
 * Before anything is given out it is made sure that nothing was trimmed between the position and what follows: entries that are gone before they were
 * read fail the job. An entry that somebody deletes by XDEL from among others is left out.
 *
 * @param options `url` (or `connection`, or `cluster`), `streams` and `value`; `startingAt`, `bounded`, `poison`, `trimmed`, `count`, `block` and
 * the timeouts as in `RedisStreamSourceOptions`.
 *
 * Errors at once: SLUICE_REDIS_OPTIONS. At start: SLUICE_REDIS_UNREACHABLE, SLUICE_REDIS_AUTH, SLUICE_REDIS_VERSION, SLUICE_REDIS_CLUSTER,
 * SLUICE_REDIS_COMMAND for a key that is no stream. While it runs: SLUICE_REDIS_STREAM_ENTRY for a bad entry when `poison` is `'fail'`,
 * SLUICE_REDIS_STREAM_TRIMMED, SLUICE_REDIS_UNAVAILABLE after `retryTimeout`.
 *
 * @example
 * const orders = redisStreamSource({
 *   url: 'redis://localhost:6379',
 *   streams: 'orders',
 *   value: (entry) => ({ id: entry.id, total: Number(entry.fields.total) }),
 * });
 */
export function redisStreamSource<T>(options: RedisStreamSourceOptions<T>): Source<T, StreamSplit, StreamPosition> {
  const settings = streamSettings('redisStreamSource', options);
  return defineSource<T, StreamSplit, StreamPosition>({
    name: settings.component,
    bounded: settings.bounded,
    replayable: true,
    sideOutputs: typeof settings.poison === 'object' ? [settings.poison] : [],
    splitCodec: structuredCodec<StreamSplit>(),
    positionCodec: structuredCodec<StreamPosition>(),
    discover: (signal) => discoverStreams(settings, signal),
    open: async (context) => streamReader(context, settings),
  });
}
